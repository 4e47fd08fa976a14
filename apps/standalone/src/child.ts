import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ChildLog } from './child-log.js';

export interface ChildOptions {
  readonly name: string;
  /** the program's main module */
  readonly main: URL;
  readonly log: ChildLog;
  readonly env: () => NodeJS.ProcessEnv;
  /** it ended though nobody asked it to; it is started again after the delay */
  readonly onCrash: (crash: { name: string; how: string; delayMs: number }) => void;
}

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 10_000;
const HEALTHY_MS = 30_000;
const STOP_PATIENCE_MS = 4000;

/** One program, kept running: started again when it ends by itself, a little later each time. */
export class Child {
  readonly name: string;
  readonly #options: ChildOptions;
  #process: ChildProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #crashes = 0;
  #stopping = false;

  constructor(options: ChildOptions) {
    this.name = options.name;
    this.#options = options;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Resolves with the address it listens on, if any; rejects when it ends before it is ready. */
  start(): Promise<string | undefined> {
    if (this.#stopping) return Promise.reject(new Error(`${this.name} is stopping`));
    const child = this.#spawn();
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('message', (message: { url?: string }) => {
        resolve(message.url);
        this.#keep(child);
      });
      child.once('exit', (code, signal) =>
        reject(new Error(`${this.name} did not start: it ended with ${signal ?? `exit code ${code}`}`)),
      );
    });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const kill = setTimeout(() => child.kill('SIGKILL'), STOP_PATIENCE_MS);
    await exited;
    clearTimeout(kill);
  }

  /** With a new environment, as after a crash. */
  restart(): void {
    this.#process?.kill('SIGTERM');
  }

  #spawn(): ChildProcess {
    const child = fork(fileURLToPath(this.#options.main), [], {
      env: this.#options.env(),
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#process = child;
    if (child.stdout !== null) this.#options.log.follow(child.stdout);
    if (child.stderr !== null) this.#options.log.followRaw(child.stderr);
    return child;
  }

  #keep(child: ChildProcess): void {
    const since = Date.now();
    child.removeAllListeners('error');
    child.on('error', () => undefined);
    child.once('exit', (code, signal) => this.#restart(signal ?? `exit code ${code}`, since));
  }

  #restart(how: string, since: number): void {
    if (this.#stopping) return;
    this.#crashes = Date.now() - since > HEALTHY_MS ? 1 : this.#crashes + 1;
    const delayMs = Math.min(FIRST_DELAY_MS * 2 ** (this.#crashes - 1), LONGEST_DELAY_MS);
    this.#options.onCrash({ name: this.name, how, delayMs });
    this.#timer = setTimeout(() => this.#keep(this.#spawn()), delayMs);
  }
}
