// `berth` against a real server: started as `npm start` starts it, on its own PostgreSQL, with its own worker.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { berth, type CliAnswer, type CliOptions } from '../support/cli.js';
import { MIGRATABLE_HOST, MIGRATABLE_VM } from '../support/migratable.js';
import { type StartedBerth, startBerth } from '../support/started-berth.js';

const PHASES = ['--phases', 'vm,memslot,fault'];
const fingerprint = (name: string): string => `examples/fingerprints/${name}.json`;
const GPU = 'examples/manifests/grace-gpu-vm.json';

let server: StartedBerth;
const ask = (argv: string[], options: CliOptions = {}): Promise<CliAnswer> =>
  berth(argv, { ...options, env: { ...server.env, ...options.env } });

beforeAll(async () => {
  server = await startBerth();
  for (const [host, file] of [
    ['gh-01', '7.2.13-max'],
    ['gh-02', '7.2.13-neoverse-n1'],
    ['gh-03', 'unknown-dic'],
    ['gh-04', '6.12-max'],
  ] as const) {
    const put = await ask(['host', 'put', host, '-f', fingerprint(file)]);
    expect([put.err, put.code]).toEqual(['', 0]);
  }
  expect((await ask(['vm', 'put', 'gpu-vm', '-f', GPU])).code).toBe(0);
}, 120_000);

afterAll(async () => {
  await server?.stop();
});

describe('hosts and VMs', () => {
  it('a fingerprint that says the same keeps its revision', async () => {
    const { out } = await ask(['host', 'put', 'gh-01', '-f', fingerprint('7.2.13-max')]);
    expect(out).toMatch(/^gh-01\tr1\tunchanged\tsha256:[0-9a-f]{64}\n$/);
  });

  it('a document may come from standard input, and a revision may be insisted on', async () => {
    const stdin = readFileSync(fingerprint('7.2.13-cortex-a710'), 'utf8');
    expect((await ask(['host', 'put', 'gh-05', '-f', '-'], { stdin })).out).toMatch(/^gh-05\tr1\tnew\t/);
    const wrong = await ask(['host', 'put', 'gh-05', '-f', '-', '--if-match', '7'], {
      stdin: stdin.replace('"dic": false', '"dic": true'),
    });
    expect([wrong.code, wrong.out]).toEqual([1, '']);
    expect(wrong.err).toContain('REVISION_MISMATCH');
  });

  it('lists: tabs for a pipe, names alone, lines of JSON, the body of the API', async () => {
    const list = await ask(['host', 'list']);
    expect(list.out.split('\n')[0]).toMatch(/^gh-01\t1\tactive\tfresh\t\d{4}-\d\d-\d\dT[^\t]+Z\t$/);
    expect((await ask(['host', 'list', '-o', 'name', '--limit', '2'])).out).toBe('gh-01\ngh-02\n');
    const lines = (await ask(['host', 'list', '-o', 'ndjson'])).out.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).host)).toContain('gh-04');
    const body = await fetch(`${server.url}/v1/hosts?limit=2`, { headers: { authorization: `Bearer ${server.key}` } });
    expect((await ask(['host', 'list', '-o', 'json', '--limit', '2'])).out.trimEnd()).toBe(
      (await body.text()).trimEnd(),
    );
  });

  it('finds hosts by what they have, and unknown is no yes', async () => {
    const names = async (...flags: string[]): Promise<string> =>
      (await ask(['host', 'list', '-o', 'name', ...flags])).out;
    expect(await names('--requires', 'fwb,dic')).toBe('gh-01\ngh-04\n');
    expect(await names('--forbids', 'fwb')).toBe('gh-02\n');
  });

  it('labels, cordons and uncordons', async () => {
    expect((await ask(['host', 'label', 'gh-04', 'rack=r7', 'tier=old'])).out).toContain('rack=r7 tier=old');
    expect((await ask(['host', 'list', '--label', 'rack=r7', '-o', 'name'])).out).toBe('gh-04\n');
    expect((await ask(['host', 'label', 'gh-04', 'tier='])).out).not.toContain('tier');
    expect((await ask(['host', 'cordon', 'gh-04'])).out).toContain('cordoned');
    expect((await ask(['host', 'uncordon', 'gh-04'])).out).toContain('active');
  });

  it('shows a host and a VM', async () => {
    const host = await ask(['host', 'get', 'gh-02'], { columns: 80 });
    for (const word of ['gh-02  r1  active  fresh', '7.2.13+deb14-arm64', 'protected-guest', 'has not'])
      expect(host.out).toContain(word);
    const vm = await ask(['vm', 'get', 'gpu-vm'], { columns: 80 });
    for (const word of ['gpu-vm  r1  on gh-01', 'gpu0 10de:2342', '0x8000000000', 'io pfnmap shared'])
      expect(vm.out).toContain(word);
    expect((await ask(['vm', 'list'])).out).toMatch(/^gpu-vm\t1\tgh-01\t/m);
  });

  it('says what changed between two revisions', async () => {
    const upgraded = readFileSync(fingerprint('6.12-max'), 'utf8')
      .replace('2026-11-20T07:00:00.000Z', '2026-11-20T07:00:01.000Z')
      .replace('6.12.107+deb13-arm64', '6.12.110+deb13-arm64');
    await ask(['host', 'put', 'gh-06', '-f', fingerprint('6.12-max')]);
    await ask(['host', 'put', 'gh-06', '-f', '-'], { stdin: upgraded });
    expect((await ask(['host', 'diff', 'gh-06'])).out).toBe(
      '~ /kernel/release  6.12.107+deb13-arm64 → 6.12.110+deb13-arm64\n',
    );
    expect((await ask(['host', 'diff', 'gh-06', '2', '1'])).out).toContain('6.12.110+deb13-arm64 → 6.12.107');
    expect((await ask(['host', 'diff', 'gh-01'])).err).toContain('one revision only');
  });
});

describe('preflight', () => {
  it('reads like evaluate, with the basis in front', async () => {
    const { code, out } = await ask(['preflight', 'gpu-vm', 'gh-02', ...PHASES], {
      columns: 80,
      env: { NO_COLOR: '1' },
    });
    expect(code).toBe(3);
    expect(out.split('\n')[0]).toBe('incompatible  gpu-vm r1  gh-01 → gh-02 r1');
    expect(out).toContain('valid 60 s');
    expect(out).toContain('> memslot  slot 3  CACHEABLE_PFNMAP_UNSUPPORTED  EINVAL  refused');
    expect(out).toMatch(/^3 +0x8000000000 +95G +gpu0:4 +EINVAL/m);
  });

  it('answers with its exit code', async () => {
    const codes = await Promise.all(
      ['gh-02', 'gh-03', 'gh-04'].map(async (host) => (await ask(['preflight', 'gpu-vm', host, ...PHASES])).code),
    );
    expect(codes).toEqual([3, 4, 3]);
    expect((await ask(['preflight', 'gpu-vm', 'gh-04', '--policy', 'kernel', ...PHASES])).code).toBe(0);
  });

  it("prints the API's body, byte for byte", async () => {
    const { out } = await ask(['preflight', 'gpu-vm', 'gh-02', '-o', 'json']);
    const { id } = JSON.parse(out);
    const stored = await fetch(`${server.url}/v1/preflights/${id}`, {
      headers: { authorization: `Bearer ${server.key}` },
    });
    expect(JSON.parse(out)).toEqual(await stored.json());
  });

  it('asks once more with other facts, and shows finding by finding what that does', async () => {
    const id = (await ask(['preflight', 'gpu-vm', 'gh-02', '-o', 'name', ...PHASES])).out.trim();
    const same = await ask(['replay', id], { columns: 80, env: { NO_COLOR: '1' } });
    expect([same.code, same.out]).toEqual([3, expect.stringContaining('The same answer, finding by finding.')]);
    const forgotten = [
      '/cpu/fwb',
      '/cpu/dic',
      '/cpu/idRegisters',
      '/kvm/capabilities/KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED',
    ];
    const facts = forgotten.map((fact) => `${fact}=null`);
    const set = facts.flatMap((fact) => ['--set', fact]);
    const { code, out } = await ask(['replay', id, ...set], { columns: 80, env: { NO_COLOR: '1' } });
    expect([code, out.split('\n')[0]]).toEqual([4, 'indeterminate  gpu-vm r1  → gh-02 r1']);
    expect(out).toContain('was incompatible\nsupposed  without /cpu/fwb\n');
    expect(out).toMatch(/^~ memslot {2}slot 3 {2}CACHEABLE_PFNMAP_UNSUPPORTED {2}unknown/m);
    expect(out).toContain('  severity reject → unknown\n');
    expect(out).toMatch(/^\+ fault {2}slot 3 {2}CACHEABLE_PFNMAP_FAULT/m);
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    const piped = (await ask(['replay', id, ...set])).out.split('\n');
    expect(piped[0]).toMatch(/^incompatible → indeterminate\tgpu-vm r1\t→ gh-02 r1\t.*hypothetical/);
    expect(piped.some((line) => line.startsWith('changed\tmemslot\tslot 3\tCACHEABLE_PFNMAP_UNSUPPORTED\t'))).toBe(
      true,
    );
    const body = JSON.parse((await ask(['replay', id, ...set, '-o', 'json'])).out);
    expect(body).toMatchObject({ id, same: false, replayed: { hypothetical: true } });
    const without = await ask(['replay', id, '--set-manifest', 'memslots.3=null', '--policy', 'kernel']);
    expect(without.out).toContain('policy strict → kernel');
  });

  it('names the override that cannot be', async () => {
    const id = (await ask(['preflight', 'gpu-vm', 'gh-02', '-o', 'name', ...PHASES])).out.trim();
    const wrong = await ask(['replay', id, '--set', 'cpu.fbw=null']);
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('/overrides/fingerprint/~1cpu~1fbw')]);
    for (const typo of ['cpu.fwb', '=1', 'cpu.midr=[0x1']) {
      const { code, err } = await ask(['replay', id, '--set', typo]);
      expect([code, err]).toEqual([1, expect.stringContaining(`--set ${typo}`)]);
    }
  });

  it('refuses to answer for other revisions than those expected', async () => {
    expect((await ask(['preflight', 'gpu-vm', 'gh-02', '--expect', 'vm=1,host=1'])).code).toBe(3);
    const { code, err } = await ask(['preflight', 'gpu-vm', 'gh-02', '--expect', 'host=9']);
    expect(code).toBe(1);
    expect(err).toMatch(
      /^error: REVISION_CONFLICT: the VM has revision 1, the host 1\n[\s\S]*→ it has changed since you looked/,
    );
  });

  it('gives a problem document to a program, and a sentence with a cure to a person', async () => {
    const program = await ask(['preflight', 'gpu-vm', 'gh-99', '-o', 'json']);
    expect([program.code, program.err]).toEqual([1, '']);
    expect(JSON.parse(program.out)).toMatchObject({
      status: 422,
      code: 'NAME_UNKNOWN',
      errors: [{ pointer: '/target' }],
    });
    const person = await ask(['preflight', 'gpu-vm', 'gh-99']);
    expect([person.code, person.out]).toEqual([1, '']);
    expect(person.err).toMatch(/NAME_UNKNOWN.*\n {2}\/target: .*\n {2}→ list the names/);
  });

  it('guesses at a name that is nearly right', async () => {
    expect((await ask(['preflight', 'gpu-vm', 'gh-2'])).err).toContain('(did you mean gh-02?)');
    expect((await ask(['preflight', 'gpu-v', 'gh-02'])).err).toContain('(did you mean gpu-vm?)');
    expect((await ask(['host', 'get', 'gh02'])).err).toContain('(did you mean gh-02?)');
    expect((await ask(['vm', 'get', 'gpuvm'])).err).toContain('(did you mean gpu-vm?)');
    expect((await ask(['host', 'get', 'nothing-like-it'])).err).not.toContain('did you mean');
  });

  it('tells a key that is wrong from a role that is not enough', async () => {
    const wrong = await ask(['host', 'list'], { env: { BERTH_KEY: 'berth_nobody_nothing' } });
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringMatching(/UNAUTHENTICATED[\s\S]*→ send a key/)]);
    const reader = (await ask(['key', 'issue', '--role', 'reader', '--label', 'for a test'])).out.trim();
    expect((await ask(['host', 'list', '-o', 'name'], { env: { BERTH_KEY: reader } })).code).toBe(0);
    const cordon = await ask(['host', 'cordon', 'gh-01'], { env: { BERTH_KEY: reader } });
    expect([cordon.code, cordon.err]).toEqual([1, expect.stringMatching(/FORBIDDEN[\s\S]*its role is not enough/)]);
    const [, id = ''] = reader.split('_');
    expect((await ask(['key', 'list'])).out).toMatch(new RegExp(`^${id}\treader\t.*for a test$`, 'm'));
    expect((await ask(['key', 'revoke', id])).code).toBe(0);
  });
});

describe('sweeps', () => {
  const start = ['sweep', 'start', '--vms', 'all', '--targets', 'all', ...PHASES];

  it('waits, and its exit code is that of the set: no yes, and an unknown that could become one', async () => {
    const { code, out } = await ask([...start, '--wait'], { columns: 80 });
    expect(code).toBe(4);
    expect(out).toMatch(
      /^succeeded {2}\S+\n {2}pairs +5 of 5\n {2}answers +0 compatible, 4 incompatible, 1 indeterminate\n$/,
    );
  });

  it('starts, is asked for, and hands out its results', async () => {
    const id = (await ask(start)).out.trim();
    await ask(['sweep', 'get', id, '--wait']);
    expect((await ask(['sweep', 'get', id])).out).toContain('succeeded');
    const results = await ask(['sweep', 'results', id, '--outcome', 'indeterminate']);
    expect(results.out).toBe('gpu-vm\tgh-03\tindeterminate\t-\t-\t-\t-\n');
    expect((await ask(['sweep', 'results', id])).out).toContain(
      'gpu-vm\tgh-02\tincompatible\tmemslot\t3\tCACHEABLE_PFNMAP_UNSUPPORTED\tEINVAL',
    );
  });

  it('is left running by ^C, and says how to go on', async () => {
    const interrupted = AbortSignal.abort();
    const id = (await ask(start)).out.trim();
    const left = await ask(['sweep', 'get', id, '--wait'], { interrupted });
    expect([left.code, left.err]).toEqual([130, `${id} goes on without you; berth sweep get ${id} --wait\n`]);
    expect((await ask(['sweep', 'get', id, '--wait'])).code).toBe(4);
  });

  it('refuses a selection of nothing', async () => {
    const { code, err } = await ask(['sweep', 'start', '--vms', 'label:tier=none', '--targets', 'all']);
    expect([code, err]).toEqual([1, expect.stringContaining('SELECTOR_EMPTY')]);
  });

  it('can be cancelled once only while it runs', async () => {
    const id = (await ask(start)).out.trim();
    await ask(['sweep', 'get', id, '--wait']);
    expect((await ask(['sweep', 'cancel', id])).err).toContain('SWEEP_FINISHED');
  });
});

describe('the demo', () => {
  it('loads a fleet, asks its three questions, and may be run again', async () => {
    const first = await ask(['demo', '--hosts', '14', '--vms', '20']);
    expect([first.code, first.err]).toEqual([0, '']);
    for (const words of [
      'loaded 14 hosts and 20 VMs: 34 new or changed, 0 unchanged',
      '$ npx berth sweep start --vms vm-0003 --targets all --phases vm,memslot,fault --wait',
      '$ npx berth preflight vm-0003 host-004 --phases vm,memslot,fault',
      'CACHEABLE_PFNMAP_UNSUPPORTED',
      'indeterminate',
    ]) {
      expect(first.out).toContain(words);
    }
    const second = await ask(['demo', '--hosts', '14', '--vms', '20']);
    expect(second.out).toContain('loaded 14 hosts and 20 VMs: 0 new or changed, 34 unchanged');
  });
});

describe('the fleet', () => {
  const put = (kind: 'host' | 'vm', name: string, document: object, ...more: string[]) =>
    ask([kind, 'put', name, '-f', '-', ...more], { stdin: JSON.stringify(document) });
  const host = (name: string, more: object = {}) =>
    put('host', name, {
      schema: 'berth.fingerprint/1',
      collectedAt: '2026-11-20T07:00:00.000Z',
      ...MIGRATABLE_HOST,
      machineId: `machine of ${name}`,
      bootId: `boot of ${name}`,
      ...more,
    });

  beforeAll(async () => {
    for (const name of ['room-1', 'room-2', 'room-3']) expect((await host(name)).err).toBe('');
    expect((await host('room-4', { vmm: {} })).err).toBe('');
    for (const name of ['room-1', 'room-2', 'room-3', 'room-4']) await ask(['host', 'label', name, 'floor=2']);
    await ask(['host', 'label', 'room-4', 'door=none']);
    const vm = { schema: 'berth.manifest/1', ...MIGRATABLE_VM, runId: 'run-1' };
    expect((await put('vm', 'movable', vm, '--host', 'room-1')).err).toBe('');
  });

  it('finds where a VM could go, and its exit code is that of the set', async () => {
    const found = await ask(['candidates', 'movable', '--label', 'floor=2']);
    expect([found.code, found.out]).toEqual([0, 'room-2\tcompatible\t-\t-\t-\nroom-3\tcompatible\t-\t-\t-\n']);
    const fewer = await ask(['candidates', 'movable', '--label', 'floor=2', '--exclude', 'room-2', '-o', 'name']);
    expect(fewer.out).toBe('room-3\n');
    const unknown = await ask(['candidates', 'movable', '--label', 'door=none', '--refused']);
    expect([unknown.code, unknown.out]).toEqual([
      4,
      'room-4\tindeterminate\t-\tnot known: /fingerprint/vmm/name /fingerprint/vmm/machineTypes\t-\n',
    ]);
    expect((await ask(['candidates', 'movable', '--label', 'floor=3'])).code).toBe(3);
  });

  it('says it to a person with the counts and the reasons', async () => {
    const { out } = await ask(['candidates', 'movable', '--label', 'floor=2', '--refused'], {
      columns: 80,
      env: { NO_COLOR: '1' },
    });
    expect(out).toMatch(/^movable: 2 compatible, 0 incompatible, 1 indeterminate\n.*VMM_DIFFERS +1\n/);
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    const typo = await ask(['candidates', 'movabel']);
    expect([typo.code, typo.err]).toEqual([1, expect.stringContaining('did you mean movable?')]);
  });

  it('plans how a host could be emptied', async () => {
    const { code, out } = await ask(['evacuation', 'room-1']);
    const [vm, targets] = out.trimEnd().split('\t');
    expect([code, vm]).toEqual([0, 'movable']);
    const counted = JSON.parse((await ask(['candidates', 'movable', '-o', 'json'])).out).counts;
    expect(Number(targets)).toBe(counted.compatible);
    expect((await ask(['evacuation', 'room-2'])).err).toBe('no VM runs on room-2\n');
  });

  it('counts hosts by what they can do', async () => {
    const { out } = await ask(['inventory', '--by', 'label:floor,fwb']);
    expect(out).toContain('4\t2\tno\n');
    expect((await ask(['inventory', '--by', 'fwbb'])).err).toContain('hosts can be grouped by generation, fwb');
    const json = JSON.parse((await ask(['inventory', '-o', 'json'])).out);
    expect(json.groups[0]).toMatchObject({ generation: expect.anything(), hosts: expect.any(Number) });
  });
});
