import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config, LogLevel } from '@berth/runtime';
import { Child } from './child.js';
import { ChildLog } from './child-log.js';
import { type DataDir, openDataDir } from './data-dir.js';
import { Database } from './database.js';
import { firstScreen } from './first-screen.js';
import { portTaken } from './free-port.js';
import { prepareDatabase } from './prepare-database.js';
import { say } from './terminal.js';

const THRESHOLDS: Readonly<Record<LogLevel, number>> = {
  trace: 10,
  debug: 20,
  info: 30,
  warn: 40,
  error: 50,
  fatal: 60,
  silent: Number.POSITIVE_INFINITY,
};
// BullMQ's own pools close a moment after it says that it is closed
const POOLS_MS = 300;

/** One machine's Berth: its own database if need be, the API and the worker, kept running and stopped in order. */
export class Supervisor {
  readonly #config: Config;
  readonly #log: ChildLog;
  readonly #database: Database;
  readonly #api: Child;
  readonly #worker: Child;
  readonly #dataDir: DataDir;

  private constructor(config: Config, dataDir: DataDir) {
    this.#config = config;
    this.#dataDir = dataDir;
    this.#log = new ChildLog(
      join(config.dataDir, 'log', 'berth.log'),
      THRESHOLDS[config.logLevelChosen ? config.logLevel : 'warn'],
    );
    this.#database = new Database(config, () => {
      this.#api.restart();
      this.#worker.restart();
    });
    this.#api = this.#child('api');
    this.#worker = this.#child('worker');
  }

  /** Takes the data directory: from here on no other Berth starts on it. */
  static async open(config: Config): Promise<Supervisor> {
    const taken = await portTaken(config.host, config.port);
    const dataDir = await openDataDir(config.dataDir);
    if (taken === undefined) return new Supervisor(config, dataDir);
    dataDir.release();
    throw new Error(`cannot listen on ${config.host}:${config.port} (${taken}): set BERTH_PORT to another port`);
  }

  async start(): Promise<void> {
    await this.#database.start();
    const { adminKey } = await prepareDatabase({ ...this.#config, databaseUrl: this.#database.url });
    const [url] = await Promise.all([this.#api.start(), this.#worker.start()]);
    say(
      firstScreen({
        config: this.#config,
        url: url ?? `http://${this.#config.host}:${this.#config.port}`,
        adminKey,
        logFile: this.#log.file,
        postgres: this.#database.server,
      }),
    );
  }

  /** No new requests, then no new jobs, then the links, then the database. */
  async stop(): Promise<void> {
    await this.#api.stop();
    await this.#worker.stop();
    if (this.#database.server !== undefined) await sleep(POOLS_MS);
    await this.#database.stop();
    this.#dataDir.release();
  }

  #child(name: 'api' | 'worker'): Child {
    return new Child({
      name,
      main: new URL(`../../${name}/dist/main.js`, import.meta.url),
      log: this.#log,
      env: () => ({ ...process.env, DATABASE_URL: this.#database.url, BERTH_DATA_DIR: this.#config.dataDir }),
      onCrash: ({ how, delayMs }) => say(`berth: the ${name} ended (${how}); starting it again in ${delayMs} ms`),
    });
  }
}
