// The example that docs/orchestrators.md tells of, run as it is: nothing but Node, against a real server.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HttpClient } from '../support/http-client.js';
import { LossyProxy } from '../support/lossy-proxy.js';
import { MIGRATABLE_HOST, MIGRATABLE_VM, UNFIT_HOST } from '../support/migratable.js';
import { soon } from '../support/soon.js';
import { type StartedBerth, startBerth } from '../support/started-berth.js';

const EXAMPLE = 'examples/orchestrator';
let server: StartedBerth;
let admin: HttpClient;
let folder = '';
let vms = 0;

interface Ran {
  readonly code: number | null;
  readonly out: string;
}

/** One of its programs, with nothing of ours in its environment but what it is given. */
function launch(program: string, args: readonly string[], more: Readonly<Record<string, string>> = {}): ChildProcess {
  const env = { PATH: process.env['PATH'], BERTH_URL: server.url, BERTH_KEY: server.key, PRETEND_DIR: folder, ...more };
  return spawn(process.execPath, [join(EXAMPLE, program), ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function ended(child: ChildProcess): Promise<Ran> {
  let out = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (out += chunk.toString()));
  const [code] = await once(child, 'close');
  return { code, out };
}

const journal = (vm: string): string => join(folder, `${vm}.journal`);
const move = (vm: string, target: string, more: Readonly<Record<string, string>> = {}): ChildProcess =>
  launch('move.mjs', [vm, target, journal(vm)], more);

async function host(name: string, parts: object): Promise<void> {
  const own = { schema: 'berth.fingerprint/1', machineId: `machine of ${name}`, bootId: `boot of ${name}` };
  const document = { ...own, ...parts, collectedAt: new Date().toISOString() };
  expect((await admin.put(`/v1/hosts/${name}/fingerprint`, document)).status).toBeLessThan(300);
}

async function vm(): Promise<string> {
  const name = `vm-${++vms}`;
  const document = { schema: 'berth.manifest/1', runId: `run of ${name}`, ...MIGRATABLE_VM, host: 'gh-01' };
  expect((await admin.put(`/v1/vms/${name}/manifest`, document)).status).toBe(201);
  return name;
}

const migrationsOf = async (name: string) => (await admin.get(`/v1/migrations?vm=${name}`)).json.items;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'berth-orchestrator-'));
  server = await startBerth();
  admin = new HttpClient(server.url, server.key);
  await host('gh-01', MIGRATABLE_HOST);
  await host('gh-02', MIGRATABLE_HOST);
  await host('gh-03', UNFIT_HOST);
}, 120_000);
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => writeFileSync(join(folder, 'where.json'), '{}'));

test('the demonstration moves a VM there, and back, each agent with its own key', async () => {
  for (const target of ['demo-gh-02', 'demo-gh-01']) {
    const { code, out } = await ended(launch('demo.mjs', []));
    expect([out, code]).toEqual([
      expect.stringMatching(
        new RegExp(`^admitted .* → ${target}\nverified\nin-flight\nlanded the target reported landed\n$`),
      ),
      0,
    ]);
    expect((await admin.get('/v1/vms/demo-vm')).json).toMatchObject({ host: target, openMigration: null });
  }
  const [last] = await migrationsOf('demo-vm');
  expect(last.history.map((step: { by: string }) => step.by.split('/')[0])).toEqual(['keys', 'hosts', 'keys', 'keys']);
});

describe('the mover', () => {
  test('ends as the migration does, and leaves no journal', async () => {
    const name = await vm();
    const { code, out } = await ended(move(name, 'gh-02', { PRETEND_BOOT_ID: 'boot of {host}' }));
    expect([code, out.split('\n').at(-2)]).toEqual([0, 'landed the target reported landed']);
    const [migration] = await migrationsOf(name);
    expect(migration.reports.map((report: { side: string }) => report.side)).toEqual(['target', 'source']);
    expect(existsSync(journal(name))).toBe(false);
    expect(readFileSync(join(folder, `${name}.ticket`), 'utf8').trim()).toBe(migration.ticket);
  });

  test('says what refuses it', async () => {
    const name = await vm();
    const no = await ended(move(name, 'gh-03'));
    expect([no.code, no.out]).toEqual([3, 'NOT_COMPATIBLE: IPA_SIZE_UNSUPPORTED in phase vm\n']);
    const unknown = await ended(move(await vm(), 'gh-99'));
    expect([unknown.code, unknown.out]).toEqual([1, expect.stringMatching(/^NAME_UNKNOWN/)]);
    const held = await admin.post('/v1/migrations', { vm: name, target: 'gh-02' });
    const second = await ended(move(name, 'gh-02'));
    expect([second.code, second.out]).toEqual([1, expect.stringContaining(`held by ${held.json.id}`)]);
  });

  test('reports what the VMM said', async () => {
    const name = await vm();
    const raw =
      'qemu-system-aarch64: -m and ,maxmem option values require an IPA range (42 bits) larger than the one supported by the host (40 bits)';
    const { code, out } = await ended(move(name, 'gh-02', { PRETEND_FAILS: raw }));
    expect([code, out]).toEqual([5, expect.stringMatching(/\naborted .*\nBerth should have known: ipa-size\n$/)]);
    expect((await admin.get(`/v1/vms/${name}`)).json).toMatchObject({ host: 'gh-01', openMigration: null });
  });

  test('waits for a target that has changed until it is registered, and takes the newer ticket', async () => {
    const name = await vm();
    await host('gh-04', MIGRATABLE_HOST);
    const child = move(name, 'gh-04', { PRETEND_BOOT_ID: 'the next boot of {host}' });
    const done = ended(child);
    await soon(async () => (await migrationsOf(name)).length).toBe(1);
    await host('gh-04', { ...MIGRATABLE_HOST, bootId: 'the next boot of gh-04' });
    expect((await done).code).toBe(0);
    expect((await migrationsOf(name))[0].basis.bootId).toBe('the next boot of gh-04');
  });

  test('goes through the libvirt hook, which lets the VM in by its ticket', async () => {
    const name = await vm();
    const facts = {
      schema: 'berth.fingerprint/1',
      machineId: 'machine of gh-02',
      bootId: 'boot of gh-02',
      ...MIGRATABLE_HOST,
    };
    writeFileSync(
      join(folder, 'fingerprint.json'),
      JSON.stringify({ ...facts, collectedAt: new Date().toISOString() }),
    );
    writeFileSync(join(folder, 'boot-id'), 'boot of gh-02\n');
    writeFileSync(join(folder, 'jwks.json'), (await admin.get('/.well-known/jwks.json')).text);
    const command = join(folder, 'berth');
    writeFileSync(
      command,
      `#!/bin/sh\nexec ${process.execPath} ${join(process.cwd(), 'apps/cli/bin/berth.js')} "$@"\n`,
    );
    chmodSync(command, 0o755);
    const settings = { COMMAND: command, HOST: 'gh-02', TICKETS: folder, KEYS: join(folder, 'jwks.json') };
    const files = { FINGERPRINT: join(folder, 'fingerprint.json'), BOOT_ID: join(folder, 'boot-id') };
    const conf = join(folder, 'hook.conf');
    const lines = Object.entries({ ...settings, ...files }).map(([key, value]) => `${key}='${value}'\n`);
    writeFileSync(conf, lines.join(''));
    const hook = { PRETEND_HOOK: 'integrations/libvirt/qemu', BERTH_LIBVIRT_CONF: conf };
    const letIn = await ended(move(name, 'gh-02', hook));
    expect([letIn.code, letIn.out]).toEqual([0, expect.stringContaining('landed')]);
    // Another boot than the ticket is for: the hook refuses, and the VM stays.
    writeFileSync(join(folder, 'boot-id'), 'a later boot of gh-02\n');
    const other = await vm();
    const refused = await ended(move(other, 'gh-02', hook));
    expect(refused.code).toBe(5);
    const [migration] = await migrationsOf(other);
    expect(migration.report).toMatchObject({ side: 'source', outcome: 'failed' });
    expect(migration.reports[0].raw).toMatch(/^Hook script execution failed: .*HOST_REBOOTED/s);
    expect(migration.actual).toMatchObject({ comparison: 'outside' });
  });

  test('loses nothing when the first answer to each call is lost', async () => {
    const lossy = await LossyProxy.to(server.url);
    try {
      const name = await vm();
      const { code } = await ended(move(name, 'gh-02', { BERTH_URL: lossy.url }));
      expect(code).toBe(0);
      const [migration, ...more] = await migrationsOf(name);
      expect(more).toEqual([]);
      expect(migration.reports).toHaveLength(2);
      const paths = ['', `/${migration.id}/verify`, `/${migration.id}/start`, `/${migration.id}/report`];
      expect(lossy.lost).toEqual(paths.map((path) => `POST /v1/migrations${path} 20${path === '' ? 1 : 0}`));
    } finally {
      await lossy.stop();
    }
  });

  test('goes on where it was when it is killed, whenever that is', async () => {
    const hanging = join(folder, 'hanging');
    writeFileSync(hanging, '#!/bin/sh\nexec sleep 20\n');
    chmodSync(hanging, 0o755);
    for (const said of ['admitted', 'verified', 'in-flight']) {
      const name = await vm();
      const child = move(name, 'gh-02', { PRETEND_HOOK: hanging });
      let out = '';
      child.stdout?.on('data', (chunk: Buffer) => {
        out += chunk.toString();
      });
      await soon(() => out.includes(said)).toBe(true);
      if (said === 'in-flight') await soon(() => JSON.parse(readFileSync(journal(name), 'utf8')).told).toBe(true);
      child.kill('SIGKILL');
      await once(child, 'exit');
      // What the VMM did meanwhile is asked of it: here it had moved the VM, if it was told.
      const { told } = JSON.parse(readFileSync(journal(name), 'utf8'));
      writeFileSync(join(folder, 'where.json'), JSON.stringify({ [name]: told === true ? 'gh-02' : 'gh-01' }));
      const again = await ended(move(name, 'gh-02'));
      expect([said, again.code, again.out]).toEqual([said, 0, expect.stringContaining('landed')]);
      expect(await migrationsOf(name)).toHaveLength(1);
      expect((await admin.get(`/v1/vms/${name}`)).json.host).toBe('gh-02');
    }
  });

  test('reports a failure that it finds when it comes back', async () => {
    const name = await vm();
    const { id } = (await admin.post('/v1/migrations', { vm: name, target: 'gh-02' })).json;
    for (const act of ['verify', 'start']) await admin.post(`/v1/migrations/${id}/${act}`);
    writeFileSync(journal(name), JSON.stringify({ vm: name, target: 'gh-02', key: 'of-a-test', id, told: true }));
    writeFileSync(join(folder, 'where.json'), JSON.stringify({ [name]: 'gh-01' }));
    expect((await ended(move(name, 'gh-02'))).code).toBe(5);
    expect((await admin.get(`/v1/migrations/${id}`)).json).toMatchObject({ state: 'aborted' });
  });
});

test('the watcher tells of what happens, and after a restart of what happened meanwhile', async () => {
  const place = join(folder, 'place');
  const heard: string[] = [];
  const watch = (): ChildProcess => {
    const child = launch('watch.mjs', [place]);
    child.stdout?.on('data', (chunk: Buffer) => heard.push(...chunk.toString().trim().split('\n')));
    return child;
  };
  const about = (name: string): number => heard.filter((line) => line.includes(`"vm":"${name}"`)).length;
  const names = [await vm(), await vm(), await vm()];
  const move_ = async (name = ''): Promise<void> => {
    expect((await ended(move(name, 'gh-02'))).code).toBe(0);
  };
  writeFileSync(place, 'latest');
  let child = watch();
  await move_(names[0]);
  await soon(() => about(names[0] ?? '')).toBe(1);
  child.kill('SIGKILL');
  await once(child, 'close');
  await move_(names[1]);
  child = watch();
  await move_(names[2]);
  await soon(() => names.map(about)).toEqual([1, 1, 1]);
  child.kill('SIGKILL');
  await once(child, 'close');
});
