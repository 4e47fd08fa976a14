import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Keys } from '@berth/application';
import { type Database, migrate, openDatabase } from '@berth/persistence';
import { type PostgresServer, startPostgres } from '../../apps/standalone/src/postgres/postgres-server.js';
import { freePort } from './berth-process.js';
import { HttpClient } from './http-client.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

interface Part {
  readonly program: 'api' | 'worker';
  readonly env: Readonly<Record<string, string>>;
  child: ChildProcess;
}

/** The programs as built, as many as wanted, on one Postgres that keeps what it acknowledged; each can be killed and comes back. */
export class EventLab {
  readonly #parts: Part[] = [];
  readonly urls: string[] = [];

  private constructor(
    readonly database: Database,
    readonly databaseUrl: string,
    readonly key: string,
    private readonly server: PostgresServer,
    private readonly folder: string,
  ) {}

  static async open(): Promise<EventLab> {
    const built = spawnSync(process.execPath, ['tools/tsc.mjs', '-b', 'apps/api', 'apps/worker'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    if (built.status !== 0) throw new Error(built.stdout);
    const folder = mkdtempSync(join(tmpdir(), 'berth-events-'));
    const server = await startPostgres({ dataDir: folder });
    await migrate(server.url);
    const database = await openDatabase({ url: server.url });
    const key = await new Keys(database.work, database.keys).ensureAdminKey();
    return new EventLab(database, server.url, key, server, folder);
  }

  /** Answers when the program is up. */
  async start(program: Part['program']): Promise<number> {
    const port = program === 'api' ? await freePort() : 0;
    const env = {
      DATABASE_URL: this.databaseUrl,
      BERTH_PORT: `${port}`,
      BERTH_WEBHOOK_PRIVATE: 'allow',
      BERTH_WEBHOOK_RETRY: '1s',
      BERTH_LOG_LEVEL: 'warn',
    };
    const part = { program, env, child: launch(program, env) };
    if (program === 'api') this.urls.push(`http://127.0.0.1:${port}`);
    this.#parts.push(part);
    await ready(part);
    return this.#parts.length - 1;
  }

  /** SIGKILL, and another in its place. */
  async replace(index: number): Promise<void> {
    const part = this.#parts[index];
    if (part === undefined) throw new Error(`no part ${index}`);
    const exited = once(part.child, 'exit');
    part.child.kill('SIGKILL');
    await exited;
    part.child = launch(part.program, part.env);
    await ready(part);
  }

  get parts(): number {
    return this.#parts.length;
  }

  client(at = 0): HttpClient {
    return new HttpClient(this.urls[at % this.urls.length] ?? '', this.key);
  }

  async close(): Promise<void> {
    for (const { child } of this.#parts.filter(
      (part) => part.child.exitCode === null && part.child.signalCode === null,
    )) {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }
    await this.database.close();
    await this.server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function ready({ program, child }: Part): Promise<void> {
  const ended = once(child, 'exit').then(([code]) => `${program} ended with ${code} before it was ready`);
  const why = await Promise.race([once(child, 'message').then(() => undefined), ended]);
  if (why !== undefined) throw new Error(why);
}

function launch(program: Part['program'], env: Readonly<Record<string, string>>): ChildProcess {
  const foreign = /^(BERTH_|DATABASE_URL$|REDIS_URL$|NODE_OPTIONS$|VITEST)/;
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return fork(join(ROOT, 'apps', program, 'dist/main.js'), {
    cwd: ROOT,
    env: { ...Object.fromEntries(kept), ...env },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}
