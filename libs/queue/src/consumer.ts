import { setTimeout as sleep } from 'node:timers/promises';
import type { Caller } from '@berth/application';
import { type ConnectionOptions, type IQueueBackend, type Job, type JobProgress, Worker } from 'bullmq';
import { Forged, JobEnd } from './job-end.js';
import type { LetterBox } from './letter-box.js';
import { decodePayload, isRedrive, type Payloads, type QueueName, type ResultOf } from './payloads.js';
import { type Policy, policyOf } from './policies.js';
import { MAX_STALLED, PREFIX, SETTINGS } from './settings.js';
import type { Report, Transport } from './transport.js';
import { within } from './within.js';

type JobWorker = Worker<unknown, unknown, string, IQueueBackend, JobProgress, ConnectionOptions>;

/** What is known of a job besides its payload. */
export interface Received {
  /** Who put it back on the queue after it had died, and in whose name it is done therefore. */
  readonly redrivenBy?: Caller;
}

/** May run twice, and twice at once, for the same payload. */
export type Handler<Q extends QueueName> = (payload: Payloads[Q], received: Received) => Promise<ResultOf<Q>>;

export interface ConsumeOptions {
  /** How many jobs of this queue run at once in this process. */
  readonly concurrency: number;
  /** Absent: what dies stays in the transport alone, with all that is in it. */
  readonly letters?: LetterBox | undefined;
}

/** Takes jobs off one queue until it is closed, through any absence of the server. */
export class Consumer<Q extends QueueName> {
  readonly #transport: Transport;
  readonly #report: Report;
  readonly #queue: Q;
  readonly #handler: Handler<Q>;
  readonly #concurrency: number;
  readonly #policy: Policy;
  readonly #letters: LetterBox | undefined;
  readonly #end: JobEnd;
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
    this.#policy = policyOf(queue);
    this.#letters = options.letters;
    this.#end = new JobEnd(queue, options.letters, report);
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
      removeOnComplete: this.#policy.done,
      removeOnFail: this.#policy.failed,
    };
    const worker: JobWorker = new Worker(
      this.#queue,
      (job: Job<unknown, unknown>, token?: string) => this.#handle(job, token),
      options,
      this.#transport.worker,
    );
    worker.on('error', (error) => this.#complain(error));
    worker.on('failed', (job, error) => this.#failed(job, error));
    worker.on('completed', (job) => this.#forgetKey(job));
    return worker;
  }

  async #handle(job: Job<unknown, unknown>, token: string | undefined): Promise<unknown> {
    Object.assign(job.opts, this.#policy.whateverWasSaid);
    try {
      return isRedrive(job.data) ? await this.#redo(job.data.fleet, job.data.letter) : await this.#do(job.data, {});
    } catch (error) {
      throw await this.#end.of(job, token, error);
    }
  }

  async #do(data: unknown, received: Received): Promise<ResultOf<Q>> {
    const decoded = decodePayload(this.#queue, data);
    if (decoded.kind === 'forged') throw new Forged(decoded.why);
    return this.#handler(decoded.payload, received);
  }

  async #redo(fleet: string, letter: string): Promise<unknown> {
    const redriven = await this.#letters?.redriven(fleet, letter);
    if (redriven === undefined) return undefined;
    const data: unknown = JSON.parse(redriven.payload);
    if (isOfAnotherFleet(data, fleet)) throw new Forged('it names another fleet');
    const result = await this.#do(data, { redrivenBy: redriven.caller });
    await this.#letters?.settle(fleet, letter);
    return result;
  }

  #failed(job: Job<unknown, unknown> | undefined, error: Error): void {
    this.#report({ queue: this.#queue, error, ...(job?.id === undefined ? {} : { job: job.id }) });
    if (job === undefined) return;
    this.#end.died(job, error.message).catch((cause: unknown) => this.#complain(cause));
  }

  /** An answer stays to be read; the key that asked need not. It goes after the answer is kept: before, it may be asked for again. */
  #forgetKey(job: Job<unknown, unknown>): void {
    const { data } = job;
    if (typeof data !== 'object' || data === null || !('key' in data)) return;
    const { key: _, ...rest } = data;
    job.updateData(rest).catch((cause: unknown) => this.#complain(cause));
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

const isOfAnotherFleet = (data: unknown, fleet: string): boolean =>
  typeof data === 'object' && data !== null && 'fleet' in data && data.fleet !== fleet;
