// `berth` without a server: what it prints for a person, for a pipe and for a program, and how it refuses.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { berth } from '../support/cli.js';

const GPU = 'examples/manifests/grace-gpu-vm.json';
const host = (name: string): string => `examples/fingerprints/${name}.json`;
const evaluate = (target: string): string[] => [
  'evaluate',
  '--manifest',
  GPU,
  '--target',
  host(target),
  '--phases',
  'vm,memslot,fault',
];
const ESCAPE = '\u001b';

let folder = '';
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'berth-cli-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a refusal on a terminal', () => {
  it('says which slot, range and VMA, the errno, what is lacking and what to do, within 80 columns', async () => {
    const { code, out } = await berth(evaluate('7.2.13-neoverse-n1'), { columns: 80, env: { NO_COLOR: '1' } });
    const text = out.replace(/\s+/g, ' ');
    expect(code).toBe(3);
    expect(out.startsWith('incompatible')).toBe(true);
    for (const words of [
      'Refused at memslot, slot 3: KVM_SET_USER_MEMORY_REGION fails with EINVAL on the target, before the guest runs.',
      'The VM stays on the source, unaffected.',
      '> memslot slot 3 CACHEABLE_PFNMAP_UNSUPPORTED EINVAL refused',
      'GPA 0x8000000000-0x97bfffffff (95 GiB)',
      'vfio gpu0 region 4; VM_IO VM_PFNMAP VM_SHARED; pgprot normal; not map memory',
      'fwb false, dic false',
      'kvm_arch_prepare_memory_region()',
    ]) {
      expect(text).toContain(words);
    }
    for (const line of out.split('\n')) expect([line, line.length <= 80]).toEqual([line, true]);
  });

  it('has a line for every mapping', async () => {
    const { out } = await berth(evaluate('7.2.13-neoverse-n1'), { columns: 80, env: { NO_COLOR: '1' } });
    expect(out).toMatch(/^SLOT +GPA +SIZE +BACKING +REGISTER +STAGE 2 +CMO +FAULT$/m);
    expect(out).toMatch(/^0 +0x40000000 +32G +hugetlb +ok +normal-wb +by-va +ok$/m);
    expect(out).toMatch(/^3 +0x8000000000 +95G +gpu0:4 +EINVAL +- +- +-$/m);
    expect(out).toMatch(/^4 +0xa000000000 +1G +gpu0:2 +ok +normal-nc +none +ok$/m);
  });

  it.each(['7.2.13-max', '7.2.13-cortex-a710', '6.1-max', '6.12-max', 'unknown-dic'])(
    'keeps to 80 columns for %s, of memory alone and of all phases',
    async (target) => {
      for (const argv of [evaluate(target), evaluate(target).slice(0, 5)]) {
        const { out } = await berth(argv, { columns: 80, env: { NO_COLOR: '1' } });
        for (const line of out.split('\n')) expect([line, line.length <= 80]).toEqual([line, true]);
      }
    },
  );

  it('is coloured there, and nowhere else', async () => {
    const coloured = async (options: Parameters<typeof berth>[1]): Promise<boolean> =>
      (await berth(evaluate('7.2.13-max'), options)).out.includes(ESCAPE);
    expect(await coloured({ columns: 80 })).toBe(true);
    expect(await coloured({ columns: 80, env: { NO_COLOR: '1' } })).toBe(false);
    expect(await coloured({ columns: 80, env: { TERM: 'dumb' } })).toBe(false);
    expect(await coloured({})).toBe(false);
  });

  it('says of a silent degradation that no call fails', async () => {
    const { code, out } = await berth([...evaluate('6.12-max'), '-o', 'table']);
    expect(code).toBe(3);
    expect(out.replace(/\s+/g, ' ')).toContain(
      'Goes wrong in silence at fault, slot 3: no call fails (errno none). KVM accepts the slot and maps it device-nGnRE at stage 2',
    );
  });

  it('says of doubt what is missing and how to learn it', async () => {
    const { code, out } = await berth([...evaluate('unknown-dic'), '-o', 'table']);
    expect(code).toBe(4);
    expect(out.startsWith('indeterminate')).toBe(true);
    expect(out).toContain('Cannot be told: 2 facts are missing.');
  });
});

describe('a pipe', () => {
  it('gets the outcome as the first word, tabs, and nothing wrapped or cut', async () => {
    const { out } = await berth(evaluate('7.2.13-neoverse-n1'));
    const lines = out.trimEnd().split('\n');
    expect(lines[0]?.split('\t')[0]).toBe('incompatible');
    expect(lines).toContain('3\t0x8000000000-0x97bfffffff\t95G\tgpu0:4\tEINVAL\t-\t-\tnot-reached');
    expect(
      lines.some((line) => line.startsWith('where\tslot 3, GPA 0x8000000000-0x97bfffffff (95 GiB); mapping 0:')),
    ).toBe(true);
  });

  it("gets the API's verdict with -o json, and nothing else", async () => {
    const { code, out, err } = await berth([...evaluate('7.2.13-neoverse-n1'), '-o', 'json']);
    const verdict = JSON.parse(out);
    expect([code, err]).toEqual([3, '']);
    expect(verdict).toMatchObject({
      outcome: 'incompatible',
      wouldFail: { phase: 'memslot', slot: 3, errno: 'EINVAL', failure: 'refused', sourceOutcome: 'unaffected' },
      phases: ['vm', 'memslot', 'fault'],
      basis: { vm: null, host: null, generation: 'protected-guest', policy: 'strict' },
    });
  });

  it('may be where a document comes from', async () => {
    const { code } = await berth(
      ['evaluate', '--manifest', '-', '--target', host('7.2.13-max'), '--phases', 'memslot'],
      { stdin: readFileSync(GPU, 'utf8') },
    );
    expect(code).toBe(0);
    const twice = await berth(['evaluate', '--manifest', '-', '--target', '-']);
    expect([twice.code, twice.err]).toEqual([1, expect.stringContaining('read once only')]);
  });
});

describe('errors name cause, field and cure, on stderr, with exit code 1', () => {
  const refusedWith = async (argv: string[], ...words: string[]): Promise<void> => {
    const { code, out, err } = await berth(argv);
    expect([code, out]).toEqual([1, '']);
    for (const word of words) expect(err).toContain(word);
  };

  it('a file that is not there', () =>
    refusedWith(
      ['evaluate', '--manifest', 'nothing.json', '--target', host('6.1-max')],
      'cannot read nothing.json: there is no such file',
      '→',
    ));

  it('a file that is not JSON', () =>
    refusedWith(['evaluate', '--manifest', file('a.json', '{"schema":'), '--target', host('6.1-max')], 'a.json'));

  it('a key that stands twice', () =>
    refusedWith(
      ['evaluate', '--manifest', file('b.json', '{"arch":"aarch64","arch":"x86"}'), '--target', host('6.1-max')],
      'b.json',
      'DUPLICATE_KEY',
    ));

  it('every wrong field of a document', async () => {
    const wrong = { schema: 'berth.fingerprint/1', arch: 'aarch64', cpu: { fwb: 'yes', dic: 1 } };
    await refusedWith(
      ['evaluate', '--manifest', GPU, '--target', file('c.json', JSON.stringify(wrong))],
      'c.json /cpu/',
      '(and 1 more)',
      '/cpu/fwb',
      '/cpu/dic',
      '"yes"',
      '→ correct the fields named',
    );
  });

  it('gives a program the problem document that the server would give', async () => {
    const wrong = { schema: 'berth.fingerprint/1', arch: 'aarch64', cpu: { fwb: 'yes' } };
    const target = file('d.json', JSON.stringify(wrong));
    const { code, out, err } = await berth(['evaluate', '--manifest', GPU, '--target', target, '-o', 'json']);
    expect([code, err]).toEqual([1, '']);
    expect(JSON.parse(out)).toMatchObject({ status: 422, code: 'INVALID_DOCUMENT', errors: [{ pointer: '/cpu/fwb' }] });
    const notJson = await berth(['evaluate', '--manifest', file('e.json', '{'), '--target', target, '-o', 'json']);
    expect(JSON.parse(notJson.out)).toMatchObject({ status: 400, code: 'INVALID_JSON' });
  });

  it('a policy, a phase, an output that do not exist', async () => {
    const target = ['--target', host('6.1-max')];
    await refusedWith(
      ['evaluate', '--manifest', GPU, ...target, '--policy', 'lax'],
      '--policy lax: expected strict, kernel',
    );
    await refusedWith(
      ['evaluate', '--manifest', GPU, ...target, '--phases', 'memslots'],
      '--phases memslots: expected policy, source',
    );
    await refusedWith(['evaluate', '--manifest', GPU, ...target, '-o', 'xml'], '--output xml: expected table, json');
  });

  it('a command or an option that does not exist, with the one that was meant', async () => {
    await refusedWith(['evaluat'], "unknown command 'evaluat'", 'evaluate');
    await refusedWith(['preflight', 'a', 'b', '--polici', 'x'], "unknown option '--polici'", '--policy');
    await refusedWith(['host', 'put', 'a'], "required option '-f, --file <file>'");
  });

  it('a server that is not there', async () => {
    const env = { BERTH_URL: 'http://127.0.0.1:9', BERTH_KEY: 'berth_a_b' };
    const { code, err } = await berth(['preflight', 'vm-1', 'host-1'], { env });
    expect(code).toBe(1);
    expect(err).toMatch(/cannot reach http:\/\/127\.0\.0\.1:9 \(.+\)\n {2}→ is it running\? Start it with `npm start`/);
  });

  it('a URL that is none, and a key file that is not there', async () => {
    const badUrl = await berth(['host', 'list'], { env: { BERTH_URL: 'localhost:8420' } });
    expect(badUrl.err).toContain('BERTH_URL is `localhost:8420`, which is no http or https URL');
    await refusedWith(
      ['host', 'list', '--key-file', '/nowhere/key'],
      'cannot read the key file /nowhere/key (--key-file)',
    );
  });
});

describe('help and the rest', () => {
  it('names every command and the exit codes', async () => {
    const { code, out } = await berth(['--help']);
    expect(code).toBe(0);
    for (const word of [
      'preflight',
      'evaluate',
      'explain',
      'host',
      'vm',
      'sweep',
      'key',
      'demo',
      'config',
      '3 incompatible',
      '130 interrupted',
    ])
      expect(out).toContain(word);
    expect((await berth(['sweep', 'start', '--help'])).out).toContain('Exit codes: 0 compatible');
  });

  it('explains a reason: what it means, the kernel source, errno, generations, what to do', async () => {
    const { code, out } = await berth(['explain', 'CACHEABLE_PFNMAP_UNSUPPORTED'], {
      columns: 80,
      env: { NO_COLOR: '1' },
    });
    expect(code).toBe(0);
    for (const word of [
      'CACHEABLE_PFNMAP_UNSUPPORTED',
      'memslot',
      'EINVAL',
      'cacheable-pfnmap (6.17)',
      'kvm_arch_prepare_memory_region()',
      '  do ',
    ])
      expect(out).toContain(word);
    for (const line of out.split('\n')) expect([line, line.length <= 80]).toEqual([line, true]);
  });

  it('explains a check, a generation and a phase, lists all reasons, and guesses at a typo', async () => {
    expect((await berth(['explain', 'cacheable-downgrade'])).out).toContain('user_mem_abort()');
    expect((await berth(['explain', 'normal-nc'])).out).toContain('6.9');
    expect((await berth(['explain', 'memslot'])).out).toContain('CACHEABLE_PFNMAP_UNSUPPORTED');
    expect((await berth(['explain'])).out).toContain('FACTS_NOT_FRESH');
    expect((await berth(['explain', 'CACHEABLE_PFNMAP_UNSUPORTED'])).err).toContain(
      'did you mean CACHEABLE_PFNMAP_UNSUPPORTED?',
    );
    expect(JSON.parse((await berth(['explain', 'CACHEABLE_PFNMAP_UNSUPPORTED', '-o', 'json'])).out)).toMatchObject({
      reason: 'CACHEABLE_PFNMAP_UNSUPPORTED',
      checks: [{ errno: 'EINVAL' }],
    });
  });

  it('says which server and key it would use, and never the key itself', async () => {
    const env = { BERTH_URL: 'http://example.test:1/', BERTH_KEY: 'berth_abc_secret' };
    const { out } = await berth(['config'], { env });
    expect(out).toBe('url\thttp://example.test:1\tBERTH_URL\nkey\tberth_abc_…\tBERTH_KEY\n');
    const flag = await berth(['config', '--url', 'http://other.test'], { env });
    expect(flag.out).toContain('http://other.test\t--url');
    const keyFile = file('key', 'berth_def_secret\n');
    expect((await berth(['config'], { env: { BERTH_KEY_FILE: keyFile } })).out).toContain(
      `berth_def_…\tBERTH_KEY_FILE ${keyFile}`,
    );
    expect((await berth(['config'], { env: { BERTH_DATA_DIR: folder } })).out).toContain(
      'url\thttp://127.0.0.1:8420\tdefault',
    );
  });
});

describe('the launcher', () => {
  it('is the same program', () => {
    const run = spawnSync(process.execPath, ['apps/cli/bin/berth.js', ...evaluate('7.2.13-cortex-a710')], {
      encoding: 'utf8',
    });
    expect([run.status, run.stdout.split('\t')[0], run.stderr]).toEqual([3, 'incompatible', '']);
  });

  it('says so when the repository has not been built', () => {
    const bin = join(folder, 'apps', 'cli', 'bin', 'berth.mjs');
    cpSync('apps/cli/bin/berth.js', bin, { recursive: true });
    const run = spawnSync(process.execPath, [bin], { encoding: 'utf8' });
    expect([run.status, run.stderr]).toEqual([1, expect.stringContaining('not built yet')]);
  });
});
