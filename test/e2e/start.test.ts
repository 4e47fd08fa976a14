import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { startPostgres } from '../../apps/standalone/src/postgres/postgres-server.js';
import { BerthProcess, freePort, isAlive } from '../support/berth-process.js';
import { findRedis } from '../support/redis-server.js';

const NOBODY = 65534;
const asRoot = process.getuid?.() === 0;
const started: BerthProcess[] = [];
const dirs: string[] = [];

function newDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'berth-start-'));
  dirs.push(dir);
  return dir;
}

async function launch(
  dataDir: string,
  options: { env?: Record<string, string>; spawn?: object; port?: number } = {},
): Promise<BerthProcess> {
  const berth = new BerthProcess({ dataDir, port: await freePort(), ...options });
  started.push(berth);
  return berth;
}

const start = async (...args: Parameters<typeof launch>): Promise<BerthProcess> => (await launch(...args)).ready();

function fingerprint(): object {
  const document = JSON.parse(readFileSync('examples/fingerprints/7.2.13-neoverse-v1.json', 'utf8'));
  return { ...document, collectedAt: new Date().toISOString() };
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(50);
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((berth) => berth.end()));
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
});

describe('npm start', () => {
  it('serves from an empty directory, says how to go on, tells no secret, and stops in order', async () => {
    const dataDir = join(newDir(), 'data');
    const berth = await start(dataDir);
    expect(statSync(join(dataDir, 'admin-key')).mode & 0o777).toBe(0o600);
    expect(statSync(dataDir).mode & 0o077).toBe(0);
    expect((await berth.client().get('/v1/hosts')).status).toBe(200);
    expect((await berth.client().as(undefined).get('/v1/hosts')).status).toBe(401);
    expect(berth.screen).toContain(berth.url);
    expect(berth.screen).toContain(join(dataDir, 'admin-key'));
    const secrets = [berth.key, readFileSync(join(dataDir, 'postgres-password'), 'utf8').trim()];
    const logs = ['berth.log', 'postgres.log'].map((name) => readFileSync(join(dataDir, 'log', name), 'utf8'));
    for (const text of [berth.screen, ...logs]) for (const secret of secrets) expect(text).not.toContain(secret);
    const family = berth.family().map(({ pid }) => pid);
    expect(await berth.stop('SIGTERM')).toBe(0);
    expect(family.filter(isAlive)).toEqual([]);
    expect(existsSync(join(dataDir, 'postgres', 'postmaster.pid'))).toBe(false);
  });

  it('keeps data and key over a restart, and stops on Ctrl-C', async () => {
    const dataDir = newDir();
    const first = await start(dataDir);
    const key = first.key;
    const put = await first.client().put('/v1/hosts/gh-03/fingerprint', fingerprint());
    expect(put.status).toBe(201);
    // a terminal sends it to the whole foreground group
    process.kill(-first.pid, 'SIGINT');
    expect(await first.exited).toBe(0);
    const second = await start(dataDir);
    expect(second.key).toBe(key);
    expect((await second.client().get('/v1/hosts/gh-03')).json).toMatchObject({
      host: 'gh-03',
      revision: 1,
      digest: put.json.digest,
    });
  });

  it('refuses a second start on the same data, names the first, and harms nothing', async () => {
    const dataDir = newDir();
    const first = await start(dataDir);
    const second = await launch(dataDir);
    expect(await second.exited).toBe(1);
    expect(second.screen).toContain(`another Berth (pid ${first.pid}) is running on \`${dataDir}\``);
    expect((await first.client().put('/v1/hosts/gh-03/fingerprint', fingerprint())).status).toBe(201);
  });

  it('lets one of two win that start at once', async () => {
    const dataDir = newDir();
    const both = await Promise.all([launch(dataDir), launch(dataDir)]);
    const loser = await Promise.race(both.map((berth) => berth.exited.then(() => berth)));
    expect(loser.screen).toContain('another Berth');
    await both.find((berth) => berth !== loser)?.ready();
  });

  it('leaves nothing running when the supervisor alone is killed, and starts again', async () => {
    const dataDir = newDir();
    const first = await start(dataDir);
    expect((await first.client().put('/v1/hosts/gh-03/fingerprint', fingerprint())).status).toBe(201);
    await first.killAlone();
    const second = await start(dataDir);
    expect((await second.client().get('/v1/hosts/gh-03')).json).toMatchObject({ revision: 1 });
  });

  it('brings back the API, the worker and the database when one of them is killed', async () => {
    const berth = await start(newDir());
    for (const name of ['apps/worker', 'apps/api', 'postgres'] as const) {
      const pid = berth.child(name);
      process.kill(pid, 'SIGKILL');
      await until(() => !isAlive(pid) && berth.has(name));
      await berth.ready();
    }
    // the pools of the API notice by their next use
    await until(async () => (await berth.client().put('/v1/hosts/gh-03/fingerprint', fingerprint())).status < 300);
    expect(await berth.stop()).toBe(0);
  });

  it('uses PostgreSQL and Redis from outside, and makes a key for an empty directory', async () => {
    const redis = await findRedis();
    if (redis === undefined) throw new Error('this test needs redis-server or valkey-server on the PATH, or REDIS_URL');
    const server = await startPostgres({ dataDir: newDir() });
    const dataDir = newDir();
    const env = { DATABASE_URL: server.url.replace(/postgres$/, 'outside'), REDIS_URL: redis.url };
    try {
      const berth = await start(dataDir, { env });
      expect(berth.family().some(({ command }) => command.includes('/postgres -D'))).toBe(false);
      expect((await berth.client().put('/v1/hosts/gh-03/fingerprint', fingerprint())).status).toBe(201);
      expect((await berth.client().get('/readyz')).json).toMatchObject({ checks: { database: 'ok', queue: 'ok' } });
      expect(existsSync(join(dataDir, 'postgres'))).toBe(false);
      for (const secret of [new URL(server.url).password, berth.key]) expect(berth.screen).not.toContain(secret);
      expect(await berth.stop()).toBe(0);
      // a key of another database is put aside, never thrown away
      writeFileSync(join(dataDir, 'admin-key'), 'berth_0000000000000000_of-another-database\n');
      const again = await start(dataDir, { env });
      expect((await again.client().get('/v1/hosts/gh-03')).status).toBe(200);
      expect(readFileSync(join(dataDir, 'admin-key.old'), 'utf8')).toContain('of-another-database');
      expect(await again.stop()).toBe(0);
    } finally {
      await server.stop();
      await redis.stop();
    }
  });

  it('says what is wrong with the environment, all of it', async () => {
    const berth = await launch(newDir(), {
      env: { BERTH_PROT: '1', BERTH_FACT_TTL: 'long', DATABASE_URL: 'mysql://u:hunter2@h' },
    });
    expect(await berth.exited).toBe(2);
    expect(berth.screen).toMatch(
      /3 faults\n {2}BERTH_PROT: is not known: did you mean BERTH_PORT\?\n {2}DATABASE_URL: .*\n {2}BERTH_FACT_TTL: /,
    );
    expect(berth.screen).not.toContain('hunter2');
  });

  it('says so when its port is taken, and when it cannot use its directory', async () => {
    const port = await freePort();
    const squatter = createServer().listen(port, '127.0.0.1');
    const dataDir = newDir();
    const barred = await launch(dataDir, { port });
    expect(await barred.exited).toBe(1);
    expect(barred.screen).toContain(`cannot listen on 127.0.0.1:${port} (EADDRINUSE): set BERTH_PORT`);
    squatter.close();
    writeFileSync(join(dataDir, 'file'), '');
    const homeless = await launch(join(dataDir, 'file', 'data'));
    expect(await homeless.exited).toBe(1);
    expect(homeless.screen).toContain(`cannot use \`${join(dataDir, 'file', 'data')}\` as the data directory`);
  });

  // whoever runs the tests shows that one kind of user can start it; only root can show both
  if (asRoot)
    it('runs as an ordinary user who can only read the program', async () => {
      const home = newDir();
      chmodSync(home, 0o755);
      const dataDir = join(home, 'data');
      mkdirSync(dataDir);
      chownSync(dataDir, NOBODY, NOBODY);
      const berth = await start(dataDir, { env: { HOME: dataDir }, spawn: { uid: NOBODY, gid: NOBODY } });
      for (const { pid } of berth.family()) expect(statSync(`/proc/${pid}`).uid).toBe(NOBODY);
      expect((await berth.client().get('/v1/hosts')).status).toBe(200);
      expect(await berth.stop()).toBe(0);
    });
});
