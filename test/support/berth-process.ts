import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { HttpClient } from './http-client.js';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const MAIN = 'apps/standalone/dist/main.js';

export interface BerthOptions {
  readonly dataDir: string;
  readonly port: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly spawn?: SpawnOptions;
}

const PARTS = {
  'apps/api': /apps\/api\/dist\/main\.js/,
  'apps/worker': /apps\/worker\/dist\/main\.js/,
  postgres: /\/postgres -D/,
} as const;

type Part = keyof typeof PARTS;

/** `npm start` without the build, as a process that can be watched and killed. */
export class BerthProcess {
  readonly url: string;
  readonly #options: BerthOptions;
  readonly #child: ChildProcess;
  readonly #exited: Promise<number | NodeJS.Signals>;
  #said = '';

  constructor(options: BerthOptions) {
    this.#options = options;
    this.url = `http://127.0.0.1:${options.port}`;
    const env = {
      ...cleanEnvironment(),
      BERTH_PORT: `${options.port}`,
      BERTH_DATA_DIR: options.dataDir,
      ...options.env,
    };
    // a process group of its own, so that all of it can be killed at once
    this.#child = spawn(process.execPath, [MAIN], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      ...options.spawn,
      env,
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#said += chunk.toString();
      });
    }
    this.#exited = once(this.#child, 'exit').then(([code, signal]) => code ?? signal);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** all that was on its terminal */
  get screen(): string {
    return this.#said;
  }

  get exited(): Promise<number | NodeJS.Signals> {
    return this.#exited;
  }

  get key(): string {
    return readFileSync(join(this.#options.dataDir, 'admin-key'), 'utf8').trim();
  }

  client(): HttpClient {
    return new HttpClient(this.url, this.key);
  }

  /** Until `/readyz` says 200 and, on a first start, the first screen is there. */
  async ready(): Promise<this> {
    while (!(await isReady(this.url)) || !this.#said.includes('Ctrl-C stops it')) {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null)
        throw new Error(`Berth ended:\n${this.#said}`);
      await sleep(50);
    }
    return this;
  }

  /** Every process that it started, and those that they started. */
  family(): { pid: number; command: string }[] {
    const all = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => processOf(Number(name)) ?? []);
    const found = [this.pid];
    for (const pid of found)
      found.push(...all.filter((candidate) => candidate.parent === pid).map((candidate) => candidate.pid));
    return all.filter((candidate) => found.includes(candidate.pid));
  }

  has(part: Part): boolean {
    return this.family().some(({ command }) => PARTS[part].test(command));
  }

  child(part: Part): number {
    const found = this.family().find(({ command }) => PARTS[part].test(command));
    if (found === undefined) throw new Error(`no \`${part}\` among ${JSON.stringify(this.family())}`);
    return found.pid;
  }

  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | NodeJS.Signals> {
    this.#child.kill(signal);
    return this.#exited;
  }

  /** SIGKILL to the process group and to the database, which is in a group of its own. */
  async killAll(): Promise<void> {
    const family = this.family();
    kill(-this.pid);
    for (const { pid } of family) kill(pid);
    await this.#exited;
    await gone(family.map(({ pid }) => pid));
  }

  async killAlone(): Promise<void> {
    const family = this.family();
    kill(this.pid);
    await this.#exited;
    // the others notice by themselves
    await gone(family.map(({ pid }) => pid));
  }

  async end(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.killAll();
  }
}

export function cleanEnvironment(): NodeJS.ProcessEnv {
  // nothing that was meant for the tests, or for another Berth
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(BERTH_|DATABASE_URL$|REDIS_URL$)/.test(name)),
  );
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

export function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && processOf(pid) !== undefined;
}

async function gone(pids: readonly number[]): Promise<void> {
  while (pids.some(isAlive)) await sleep(20);
}

function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2000) }).then(
    (response) => response.ok,
    () => false,
  );
}

function processOf(pid: number): { pid: number; parent: number; command: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z') return undefined;
    return { pid, parent: Number(parent), command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') };
  } catch {
    return undefined;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // gone already
  }
}
