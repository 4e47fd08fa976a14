import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  OutboxRelay,
  RegisterFingerprint,
  RegisterManifest,
  type SweepRecord,
  type SweepRequest,
  Sweeps,
} from '@berth/application';
import { type Database, migrate, openDatabase } from '@berth/persistence';
import { openQueues } from '@berth/queue';
import { Redis } from 'ioredis';
import { type PostgresServer, startPostgres } from '../../apps/standalone/src/postgres/postgres-server.js';
import { fingerprint, manifest, minutesAgo } from './fleet.js';
import { TcpProxy } from './tcp-proxy.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const admin = { fleet: 'default', keyId: 'test', role: 'admin' } as const;
const everything: SweepRequest = {
  vms: { all: true },
  targets: { all: true },
  phases: ['policy', 'vm', 'memslot', 'fault'],
};

/** A Postgres that keeps what it acknowledges, since the worker takes no other, and the worker's program as built. */
export class SweepLab {
  readonly #folder: string;
  readonly #server: PostgresServer;
  readonly #redisUrl: string | undefined;
  #databases = 0;

  private constructor(folder: string, server: PostgresServer, redisUrl: string | undefined) {
    this.#folder = folder;
    this.#server = server;
    this.#redisUrl = redisUrl;
  }

  static async open(redisUrl: string | undefined): Promise<SweepLab> {
    const built = spawnSync(process.execPath, ['tools/tsc.mjs', '-b', 'apps/worker'], { cwd: ROOT, encoding: 'utf8' });
    if (built.status !== 0) throw new Error(built.stdout);
    const folder = mkdtempSync(join(tmpdir(), 'berth-sweep-'));
    return new SweepLab(folder, await startPostgres({ dataDir: folder }), redisUrl);
  }

  /** A database of its own with so many VMs and hosts, and a sweep of all of them, accepted and not yet sent. */
  async startSweep(vms: number, hosts: number): Promise<SweepUnderTest> {
    const name = `sweep_${++this.#databases}`;
    const redisUrl = this.#redisOfItsOwn();
    const url = new URL(this.#server.url);
    url.pathname = `/${name}`;
    const maker = await openDatabase({ url: this.#server.url });
    await maker.pool.query(`CREATE DATABASE ${name}`);
    await maker.close();
    await migrate(url.href);
    const database = await openDatabase({ url: url.href });
    await populate(database, vms, hosts);
    const sweeps = new Sweeps(database.work, database.sweeps);
    const started = await sweeps.start(admin, everything);
    if (started.kind !== 'accepted') throw new Error(started.kind);
    return new SweepUnderTest(database, sweeps, started.id, url.href, redisUrl);
  }

  /** A Redis that is not ours alone may have something in its first databases. */
  #redisOfItsOwn(): string | undefined {
    if (this.#redisUrl === undefined) return undefined;
    const url = new URL(this.#redisUrl);
    url.pathname = `/${9 + this.#databases}`;
    return url.href;
  }

  async close(): Promise<void> {
    await this.#server.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function populate(database: Database, vms: number, hosts: number): Promise<void> {
  const { work, pool } = database;
  await new RegisterFingerprint(work, database.hosts).run(admin, 'h0', fingerprint(minutesAgo(1)), {});
  await new RegisterManifest(work).run(admin, 'vm0', manifest({ host: 'h0' }), {});
  const columns = 'fleet, revision, state, labels, digest, collected_at, collected_as';
  await pool.query(
    `INSERT INTO host (name, ${columns}) SELECT 'h' || n, ${columns} FROM host, generate_series(1, $1) n`,
    [hosts - 1],
  );
  await pool.query(
    `INSERT INTO vm (name, fleet, revision, host, digest)
     SELECT 'vm' || n, fleet, revision, 'h' || n % $2, digest FROM vm, generate_series(1, $1) n`,
    [vms - 1, hosts],
  );
}

export class SweepUnderTest {
  readonly #sweeps: Sweeps;
  readonly #workers = new Set<ChildProcess>();
  readonly #proxies: TcpProxy[] = [];

  constructor(
    readonly database: Database,
    sweeps: Sweeps,
    readonly id: string,
    readonly databaseUrl: string,
    readonly redisUrl: string | undefined,
  ) {
    this.#sweeps = sweeps;
  }

  async get(): Promise<SweepRecord> {
    const got = await this.#sweeps.get(admin, this.id);
    if (got.kind !== 'found') throw new Error(got.kind);
    return got.sweep;
  }

  async done(): Promise<number> {
    return (await this.get()).progress.done;
  }

  async state(): Promise<string> {
    return (await this.get()).state;
  }

  /** How often work began on a chunk. */
  async starts(): Promise<number> {
    const { rows } = await this.database.pool.query('SELECT max(started) AS started FROM sweep_chunk');
    return rows[0].started;
  }

  /** Every pair there is a result for, and how many results. */
  async results(): Promise<{ rows: number; pairs: number }> {
    const { rows } = await this.database.pool.query(
      'SELECT count(*)::int AS rows, count(DISTINCT (vm, target))::int AS pairs FROM sweep_result',
    );
    return rows[0];
  }

  spawnWorker(databaseUrl = this.databaseUrl, redisUrl = this.redisUrl): ChildProcess {
    const foreign = /^(BERTH_|DATABASE_URL$|REDIS_URL$|NODE_OPTIONS$|VITEST)/;
    const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name));
    const env = { ...Object.fromEntries(kept), DATABASE_URL: databaseUrl, REDIS_URL: redisUrl ?? '' };
    const worker = spawn(process.execPath, ['apps/worker/dist/main.js'], {
      cwd: ROOT,
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    this.#workers.add(worker);
    return worker;
  }

  /** A worker, and what makes all its links fall silent. */
  async spawnFreezable(): Promise<() => void> {
    const store = await this.#proxied(this.databaseUrl, 5432);
    const queue = this.redisUrl === undefined ? undefined : await this.#proxied(this.redisUrl, 6379);
    this.spawnWorker(store, queue);
    return () => {
      for (const proxy of this.#proxies) proxy.freeze();
    };
  }

  async end(worker: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    this.#workers.delete(worker);
    const ended = once(worker, 'exit');
    worker.kill(signal);
    const [code] = await ended;
    return code;
  }

  /** Ends the worker that has been there for longest. */
  async endOldest(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const [oldest] = this.#workers;
    if (oldest === undefined) throw new Error('no worker is there');
    await this.end(oldest, signal);
  }

  /** Puts the jobs on the queue as a worker does, then takes the queue's memory away. */
  async sendAndForget(): Promise<void> {
    const queues = openQueues({ databaseUrl: this.databaseUrl, redisUrl: this.redisUrl });
    await new OutboxRelay(this.database.outbox, queues.sender).drain();
    await queues.close();
    if (this.redisUrl === undefined) {
      await this.database.pool.query('TRUNCATE bullmq.job CASCADE');
      return;
    }
    const client = new Redis(this.redisUrl);
    await client.flushdb();
    client.disconnect();
  }

  /** While it is held no result can be written: whoever works on a chunk is in the middle of it. */
  async holdResults(): Promise<() => Promise<void>> {
    const holder = await this.database.pool.connect();
    await holder.query('SET idle_in_transaction_session_timeout = 0');
    await holder.query('BEGIN');
    await holder.query('LOCK TABLE sweep_result IN SHARE MODE');
    return async () => {
      await holder.query('ROLLBACK');
      holder.release(true);
    };
  }

  async close(): Promise<void> {
    for (const worker of [...this.#workers]) await this.end(worker, 'SIGKILL');
    for (const proxy of this.#proxies) await proxy.refuse();
    await this.database.close();
  }

  async #proxied(address: string, usualPort: number): Promise<string> {
    const url = new URL(address);
    const proxy = await TcpProxy.to({ host: url.hostname, port: Number(url.port || usualPort) });
    this.#proxies.push(proxy);
    url.hostname = '127.0.0.1';
    url.port = String(proxy.port);
    return url.href;
  }
}
