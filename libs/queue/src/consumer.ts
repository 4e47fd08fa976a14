import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ConnectionOptions,
  type IQueueBackend,
  type Job,
  type JobProgress,
  UnrecoverableError,
  Worker,
} from 'bullmq';
import { decodePayload, type Payloads, type QueueName } from './payloads.js';
import { DEAD_LETTERS, MAX_STALLED, PREFIX, SETTINGS } from './settings.js';
import type { Report, Transport } from './transport.js';
import { within } from './within.js';

type JobWorker = Worker<unknown, void, string, IQueueBackend, JobProgress, ConnectionOptions>;

/** May run twice, and twice at once, for the same payload. */
export type Handler<Q extends QueueName> = (payload: Payloads[Q]) => Promise<void>;

export interface ConsumeOptions {
  /** How many jobs of this queue run at once in this process. */
  readonly concurrency: number;
}

/** Takes jobs off one queue until it is closed, through any absence of the server. */
export class Consumer<Q extends QueueName> {
  readonly #transport: Transport;
  readonly #report: Report;
  readonly #queue: Q;
  readonly #handler: Handler<Q>;
  readonly #concurrency: number;
  readonly #stop = new AbortController();
  readonly #life: Promise<void>;
  #worker: JobWorker | undefined;
  #ready = false;

  constructor(transport: Transport, report: Report, queue: Q, handler: Handler<Q>, options: ConsumeOptions) {
    this.#transport = transport;
    this.#report = report;
    this.#queue = queue;
    this.#handler = handler;
    this.#concurrency = options.concurrency;
    this.#life = this.#live();
  }

  /** Does it take jobs at present? */
  get ready(): boolean {
    return this.#ready;
  }

  /** Waits for the jobs that run, not for ever: one that is cut off is done again by another worker. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#closeWorker();
    await within(SETTINGS.retry / 2, 'ending a worker', this.#life).catch(() => undefined);
  }

  async #live(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        await this.#work();
      } catch (error) {
        this.#complain(error);
        await this.#closeWorker();
        await sleep(SETTINGS.retry, undefined, { signal: this.#stop.signal }).catch(() => undefined);
      }
    }
  }

  async #work(): Promise<void> {
    await this.#transport.prepare();
    if (this.#stop.signal.aborted) return;
    const worker = this.#open();
    this.#worker = worker;
    // A BullMQ worker that runs before its link is up spins when the link fails for good.
    await within(2 * SETTINGS.connect, `opening queue \`${this.#queue}\``, worker.waitUntilReady());
    this.#ready = true;
    try {
      await worker.run();
    } finally {
      this.#ready = false;
    }
  }

  #open(): JobWorker {
    const options = {
      connection: {},
      prefix: PREFIX,
      autorun: false,
      concurrency: this.#concurrency,
      drainDelay: SETTINGS.drainDelay / 1000,
      lockDuration: SETTINGS.lock,
      stalledInterval: SETTINGS.stalledInterval,
      maxStalledCount: MAX_STALLED,
      runRetryDelay: SETTINGS.retry,
      removeOnComplete: { count: 0 },
      removeOnFail: DEAD_LETTERS,
    };
    const worker: JobWorker = new Worker(
      this.#queue,
      (job: Job<unknown, void>) => this.#handle(job),
      options,
      this.#transport.worker,
    );
    worker.on('error', (error) => this.#complain(error));
    worker.on('failed', (job, error) =>
      this.#report({ queue: this.#queue, error, ...(job?.id === undefined ? {} : { job: job.id }) }),
    );
    return worker;
  }

  async #handle(job: Job<unknown, void>): Promise<void> {
    const decoded = decodePayload(this.#queue, job.data);
    if (decoded.kind === 'forged') throw new UnrecoverableError(`forged: ${decoded.why}`);
    await this.#handler(decoded.payload);
  }

  #complain(error: unknown): void {
    if (!this.#stop.signal.aborted)
      this.#report({ queue: this.#queue, error: error instanceof Error ? error : new Error(String(error)) });
  }

  async #closeWorker(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    this.#worker = undefined;
    try {
      await within(SETTINGS.close, 'closing a worker', worker.close());
    } catch {
      // Its server may be away, and then it would wait for it.
      await within(SETTINGS.retry / 2, 'cutting off a worker', worker.disconnect()).catch(() => undefined);
    }
  }
}
