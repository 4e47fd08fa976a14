// Moving a VM by the command, on a real server: each step, what it says, and with which exit code it ends.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { berth, type CliAnswer, type CliOptions } from '../support/cli.js';
import { HttpClient } from '../support/http-client.js';
import { MIGRATABLE_HOST, MIGRATABLE_VM, UNFIT_HOST } from '../support/migratable.js';
import { type StartedBerth, startBerth } from '../support/started-berth.js';

let server: StartedBerth;
let client: HttpClient;
let folder = '';
let vms = 0;
const PERSON = { columns: 80, env: { NO_COLOR: '1' } };
const ask = (argv: string[], options: CliOptions = {}): Promise<CliAnswer> =>
  berth(argv, { ...options, env: { ...server.env, ...options.env } });
const file = (name: string, text = ''): string => {
  const path = join(folder, name);
  if (text !== '') writeFileSync(path, text);
  return path;
};

async function host(name: string, parts: object): Promise<void> {
  const own = { schema: 'berth.fingerprint/1', machineId: `machine of ${name}`, bootId: `boot of ${name}` };
  const document = { ...own, ...parts, collectedAt: new Date().toISOString() };
  const put = await ask(['host', 'put', name, '-f', '-'], { stdin: JSON.stringify(document) });
  expect([put.err, put.code]).toEqual(['', 0]);
}

async function vm(): Promise<string> {
  const name = `vm-${++vms}`;
  const document = { schema: 'berth.manifest/1', runId: `run of ${name}`, ...MIGRATABLE_VM, host: 'gh-01' };
  expect((await ask(['vm', 'put', name, '-f', '-'], { stdin: JSON.stringify(document) })).code).toBe(0);
  return name;
}

const opened = async (...more: string[]): Promise<string> => {
  const { out, err } = await ask(['migration', 'open', await vm(), 'gh-02', '-o', 'name', ...more]);
  expect(err).toBe('');
  return out.trim();
};
const act = (what: string, id: string, ...more: string[]): Promise<CliAnswer> => ask(['migration', what, id, ...more]);

async function started(): Promise<string> {
  const id = await opened();
  for (const what of ['verify', 'start']) expect((await act(what, id)).code).toBe(0);
  return id;
}

function narrow(text: string): void {
  for (const line of text.split('\n')) expect([line, line.length <= 80]).toEqual([line, true]);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'berth-cli-migrations-'));
  server = await startBerth();
  client = new HttpClient(server.url, server.key);
  await host('gh-01', MIGRATABLE_HOST);
  await host('gh-02', MIGRATABLE_HOST);
  await host('gh-03', UNFIT_HOST);
}, 120_000);

afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('berth migration', () => {
  it('opens, verifies, starts and reports, and says where it stands', async () => {
    const name = await vm();
    const open = await ask(['migration', 'open', name, 'gh-02'], PERSON);
    expect([open.code, open.err]).toEqual([0, '']);
    expect(open.out).toMatch(new RegExp(`^admitted {2}[0-9a-f-]{36} {2}${name} {2}gh-01 → gh-02\n`));
    expect(open.out).toMatch(/^ {2}ticket +good until \d{4}-/m);
    narrow(open.out);
    const id = /[0-9a-f-]{36}/.exec(open.out)?.[0] ?? '';
    expect((await act('verify', id, '--boot-id', 'boot of gh-02')).out).toMatch(/^verified\t/);
    expect((await act('start', id)).out).toMatch(/\nreport\texpected by \d{4}-/);
    const landed = await act('report', id, 'landed', '--side', 'target');
    expect([landed.code, landed.out.split('\t')[0]]).toEqual([0, 'landed']);
    const got = await ask(['migration', 'get', id], PERSON);
    expect(got.out).toMatch(/^ {2}predicted +compatible; warned: hazard-non-fwb-source$/m);
    expect(got.out).toMatch(/^ {2}actual +landed; as predicted$/m);
    narrow(got.out);
    expect((await ask(['vm', 'get', name])).out).toContain('gh-02');
    const body = JSON.parse((await ask(['migration', 'get', id, '-o', 'json'])).out);
    expect(body).toEqual((await client.get(`/v1/migrations/${id}`)).json);
  });

  it('answers a no with the verdict, and the exit code of a preflight', async () => {
    const name = await vm();
    const no = await ask(['migration', 'open', name, 'gh-03'], PERSON);
    expect([no.code, no.err.includes('error')]).toEqual([3, false]);
    expect(no.out).toMatch(new RegExp(`^incompatible {2}${name} r1 {2}→ gh-03 r1\n`));
    expect(no.out).toContain('IPA_SIZE_UNSUPPORTED');
    narrow(no.out);
    const { devices: _devices, ...untold } = MIGRATABLE_VM;
    const document = { schema: 'berth.manifest/1', ...untold, host: 'gh-01' };
    await ask(['vm', 'put', 'untold', '-f', '-'], { stdin: JSON.stringify(document) });
    expect((await ask(['migration', 'open', 'untold', 'gh-02'])).code).toBe(4);
    const program = await ask(['migration', 'open', name, 'gh-03', '-o', 'json']);
    expect([program.code, JSON.parse(program.out).code]).toEqual([3, 'NOT_COMPATIBLE']);
  });

  it('fails with a sentence and a cure', async () => {
    const id = await opened();
    const { vm: name } = (await client.get(`/v1/migrations/${id}`)).json;
    const cases = [
      [['migration', 'open', name, 'gh-02'], /MIGRATION_OPEN.*\n {2}→ wait for its end/],
      [['migration', 'open', 'vm-x', 'gh-02'], /NAME_UNKNOWN/],
      [['migration', 'open', await vm(), 'gh-2'], /did you mean gh-0/],
      [['migration', 'start', id], /NOT_VERIFIED.*\n {2}→ the target verifies first/],
      [['migration', 'report', id, 'landed', '--side', 'target'], /NOT_IN_FLIGHT/],
      [['migration', 'report', id, 'lost', '--side', 'target'], /\/outcome/],
      [['migration', 'report', id, 'failed', '--side', 'target', '--slot', 'seven'], /--slot seven/],
      [['migration', 'verify', id, '--boot-id', 'another'], /FACTS_CHANGED/],
      [['migration', 'get', 'nonsense'], /MIGRATION_UNKNOWN/],
      [['migration', 'open', name, 'gh-02', '--policy', 'lenient'], /--policy lenient/],
      [
        ['migration', 'open', await vm(), 'gh-02', '--save-ticket', '/nowhere/at/all'],
        /cannot write.*ENOENT[\s\S]*good all the same/,
      ],
    ] as const;
    for (const [argv, message] of cases) {
      const { code, out, err } = await ask([...argv]);
      expect([argv, code, out, err]).toEqual([argv, 1, '', expect.stringMatching(message)]);
    }
    expect((await act('cancel', id)).out).toMatch(/^revoked\t/);
  });

  it('saves the ticket for a hook, which verifies it without a server', async () => {
    const ticket = file('vm.ticket');
    const id = await opened('--save-ticket', ticket);
    const first = readFileSync(ticket, 'utf8');
    expect((await act('verify', id, '--ticket', ticket, '--save-ticket', ticket)).code).toBe(0);
    const newest = readFileSync(ticket, 'utf8');
    expect([first.split('.').length, newest.trim()]).toEqual([
      3,
      (await client.get(`/v1/migrations/${id}`)).json.ticket,
    ]);
    const jwks = file('jwks.json', (await ask(['ticket', 'keys'])).out);
    const own = { schema: 'berth.fingerprint/1', machineId: 'machine of gh-02', bootId: 'boot of gh-02' };
    const facts = file(
      'fingerprint.json',
      JSON.stringify({ ...own, ...MIGRATABLE_HOST, collectedAt: new Date().toISOString() }),
    );
    const verify = ['ticket', 'verify', '--ticket', ticket, '--jwks', jwks, '--fingerprint', facts];
    const { code, out } = await berth([...verify, '--boot-id', 'boot of gh-02', '--host', 'gh-02']);
    expect([code, out]).toEqual([0, expect.stringMatching(/^accepted\t/)]);
  });

  it('opens once, however often it is asked with one key', async () => {
    const name = await vm();
    const open = ['migration', 'open', name, 'gh-02', '--idempotency-key', `of-${name}`, '-o', 'json'];
    const [first, again] = [await ask(open), await ask(open)];
    expect([first.code, again.out]).toEqual([0, first.out]);
    const away = await berth(['migration', 'open', name, 'gh-02'], { env: { BERTH_URL: 'http://127.0.0.1:1' } });
    expect([away.code, away.err]).toEqual([
      1,
      expect.stringMatching(/it may be open: .*--idempotency-key [0-9a-f-]{36}/),
    ]);
  });

  it('reports a failure with the words of the VMM, which name the check that should have known', async () => {
    const id = await started();
    const raw = file(
      'qemu.log',
      'qemu-system-aarch64: -m and ,maxmem option values require an IPA range (42 bits) larger than the one supported by the host (40 bits)',
    );
    const failed = await ask(['migration', 'report', id, 'failed', '--side', 'target', '--raw', raw], PERSON);
    expect([failed.code, failed.out.split(' ')[0]]).toEqual([0, 'aborted']);
    expect(failed.out).toMatch(/^ {2}actual +aborted vm IPA_SIZE_UNSUPPORTED; a false yes of ipa-size$/m);
    narrow(failed.out);
  });

  it('waits for the end, and its exit code says which it was', async () => {
    const [good, bad, given] = [await started(), await started(), await opened()];
    const waiting = [good, bad, given].map((id) => ask(['migration', 'get', id, '--wait', '-o', 'name']));
    await act('report', good, 'landed', '--side', 'source');
    await act('report', bad, 'failed', '--side', 'source');
    await act('cancel', given);
    expect((await Promise.all(waiting)).map(({ code, out }) => [code, out.trim()])).toEqual([
      [0, good],
      [3, bad],
      [3, given],
    ]);
    expect((await ask(['migration', 'get', good, '--wait'])).code).toBe(0);
  });

  it('opens and waits, with its progress on the terminal', async () => {
    const name = await vm();
    const waiting = ask(['migration', 'open', name, 'gh-02', '--wait'], PERSON);
    const id = await expect
      .poll(async () => (await client.get(`/v1/vms/${name}`)).json.openMigration, { timeout: 20_000 })
      .not.toBeNull()
      .then(async () => (await client.get(`/v1/vms/${name}`)).json.openMigration);
    for (const what of ['verify', 'start']) await act(what, id);
    await act('report', id, 'landed', '--side', 'target');
    const { code, out, err } = await waiting;
    expect([code, out]).toEqual([0, expect.stringMatching(/^landed {2}/)]);
    expect(err).toContain(`${id}  ^C leaves it as it is: berth migration get ${id} --wait`);
    expect(err).toContain('migration  [');
  });

  it('is left as it is by ^C', async () => {
    const id = await opened();
    const left = await ask(['migration', 'get', id, '--wait'], { interrupted: AbortSignal.abort() });
    expect([left.code, left.err]).toEqual([130, `${id} goes on without you; berth migration get ${id} --wait\n`]);
    expect((await client.get(`/v1/migrations/${id}`)).json.state).toBe('admitted');
  });

  it('lists, newest first', async () => {
    const id = await opened();
    const { vm: name } = (await client.get(`/v1/migrations/${id}`)).json;
    expect((await ask(['migration', 'list', '--vm', name])).out).toBe(`${id}\tadmitted\t${name}\tgh-01\tgh-02\n`);
    expect((await ask(['migration', 'list', '--vm', name, '--state', 'landed'])).err).toMatch(/no migrations/);
    const list = await ask(['migration', 'list', '--limit', '3', '--target', 'gh-02', '--source', 'gh-01'], PERSON);
    expect(list.out).toMatch(/^ID +STATE +VM +SOURCE +TARGET$/m);
    narrow(list.out);
    await act('cancel', id);
  });
});

describe('berth calibration', () => {
  it('counts what was right and what was not, within 80 columns', async () => {
    const landed = await started();
    await act('report', landed, 'landed', '--side', 'target');
    const bad = await started();
    await act('report', bad, 'failed', '--side', 'target', '--phase', 'vcpu', '--errno', 'ENODEV');
    const cut = await started();
    await act('report', cut, 'failed', '--side', 'source', '--errno', 'ECONNRESET');
    const { code, out } = await ask(['calibration', '--since', '1d'], PERSON);
    expect(code).toBe(0);
    expect(out).toMatch(/^rulebook \S+ {2}since \d{4}-/);
    expect(out).toMatch(/^ {2}false yes +\d+ failed, and a check should have said so$/m);
    expect(out).toMatch(/^ {2}outside +\d+ failed for what no check is about \(.*network.*\)$/m);
    expect(out).toMatch(/^CHECK +PHASE +ASKED +CONFIRMED +FALSE YES +FALSE NO$/m);
    expect(out).toMatch(/^gic-model +vcpu +\d+ +\d+ +1 +0$/m);
    expect(out).toContain(`berth migration get ${bad}`);
    expect(out).not.toMatch(/^ctr-el0/m);
    narrow(out);
    const all = await ask(['calibration', '--all'], PERSON);
    expect(all.out).toMatch(/^ctr-el0 +state-load/m);
    narrow(all.out);
  });

  it('is tabs for a pipe and the body of the API for a program', async () => {
    const piped = await ask(['calibration']);
    expect(piped.out.split('\n').some((line) => /^gic-model\tvcpu\t\d+\t\d+\t1\t0$/.test(line))).toBe(true);
    const body = JSON.parse((await ask(['calibration', '-o', 'json', '--since', '2026-01-01'])).out);
    expect(body).toMatchObject({ since: '2026-01-01T00:00:00.000Z', checks: expect.any(Array) });
    const wrong = await ask(['calibration', '--since', 'yesterday']);
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('--since yesterday')]);
    expect((await ask(['calibration', '--rulebook', '2019.1'], PERSON)).out).toContain('0: 0 landed, 0 failed');
  });
});

describe('berth shadow', () => {
  it('sets, shows what it would have changed, and clears', async () => {
    const rules = file('shadow.json', JSON.stringify({ checks: { 'ipa-size': 'warn' } }));
    expect((await ask(['shadow', 'show'])).out).toMatch(/^no shadow/);
    expect((await ask(['shadow', 'set', '-f', rules])).out).toMatch(/^shadow r\d+ {2}set\n$/);
    expect((await ask(['shadow', 'set', '-f', rules, '--if-match', '99'])).err).toContain('REVISION_MISMATCH');
    const wrong = await ask(['shadow', 'set', '-f', '-'], { stdin: '{"checks": {"ipa-sise": "off"}}' });
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('/checks/ipa-sise')]);
    const name = await vm();
    expect((await ask(['preflight', name, 'gh-03'])).code).toBe(3);
    await expect
      .poll(async () => (await ask(['shadow', 'differences', '--vm', name])).out, { timeout: 20_000 })
      .toBe(`${name}\tgh-03\tincompatible → compatible\t1\t~ipa-size\n`);
    const shown = await ask(['shadow', 'show'], PERSON);
    expect(shown.out).toMatch(/^ {2}checks +ipa-size warn$/m);
    const listed = await ask(['shadow', 'differences', '--outcome', 'other'], PERSON);
    expect(listed.out).toMatch(/^VM +HOST +OUTCOME +TIMES +FINDINGS$/m);
    for (const text of [shown.out, listed.out]) narrow(text);
    expect((await ask(['shadow', 'clear'])).code).toBe(0);
    expect((await ask(['shadow', 'differences'])).err).toContain('no differences');
  });
});
