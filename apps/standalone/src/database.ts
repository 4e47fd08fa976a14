import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '@berth/runtime';
import { type PostgresServer, startPostgres } from './postgres/postgres-server.js';
import { say } from './terminal.js';

/** The database that the children use: a server from outside, or our own, kept running. */
export class Database {
  readonly #config: Config;
  readonly #onMoved: () => void;
  #server: PostgresServer | undefined;
  #stopping = false;

  /** `onMoved`: the address has changed, and whoever was given the old one must be told */
  constructor(config: Config, onMoved: () => void) {
    this.#config = config;
    this.#onMoved = onMoved;
  }

  get url(): string {
    const url = this.#config.databaseUrl ?? this.#server?.url;
    if (url === undefined) throw new Error('the database is not started');
    return url;
  }

  get server(): PostgresServer | undefined {
    return this.#server;
  }

  async start(): Promise<void> {
    if (this.#config.databaseUrl !== undefined) return;
    this.#server = await startPostgres({ dataDir: this.#config.dataDir });
    if (this.#server.found === 'orphan-stopped')
      say('berth: an earlier run was killed; its PostgreSQL was still up and has been stopped');
    this.#watch(this.#server);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#server?.stop();
  }

  #watch(server: PostgresServer): void {
    server.ended.then(({ code, signal }) => {
      if (!this.#stopping) void this.#revive(server.port, `${signal ?? `exit code ${code}`}`);
    });
  }

  /** On the same port if it is still free, so that the children only see a short absence. */
  async #revive(port: number, how: string): Promise<void> {
    for (let delayMs = 100; !this.#stopping; delayMs = Math.min(delayMs * 2, 10_000)) {
      say(`berth: PostgreSQL ended (${how}); starting it again`);
      await sleep(delayMs);
      try {
        await this.#restart(port);
        return;
      } catch (error) {
        say(`berth: ${error instanceof Error ? error.message : error}`);
      }
    }
  }

  async #restart(port: number): Promise<void> {
    if (this.#stopping) return;
    const server = await startPostgres({ dataDir: this.#config.dataDir, port, mustExist: true });
    this.#server = server;
    this.#watch(server);
    if (server.port !== port) this.#onMoved();
  }
}
