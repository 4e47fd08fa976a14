import { type Job, type JobPayload, type JobSender, PREFLIGHT_REQUEST_QUEUE } from '@berth/application';
import { type ConnectionOptions, type IQueueBackend, type JobsOptions, Queue } from 'bullmq';
import { mayWait } from './payloads.js';
import { PREFIX, SETTINGS } from './settings.js';
import type { Report, Transport } from './transport.js';
import { within } from './within.js';

type JobQueue = Queue<JobPayload, unknown, string, JobPayload, unknown, string, IQueueBackend, ConnectionOptions>;

/**
 * A job leaves the queue however it ends: Postgres knows how it ended, and BullMQ ignores a job whose id it still has, so one
 * that stayed could never be sent again. The quick retries are a convenience; the reconciler is the promise.
 */
const JOB_OPTIONS: JobsOptions = {
  attempts: 3,
  backoff: { type: 'exponential', delay: 500 },
  removeOnComplete: true,
  removeOnFail: true,
  stackTraceLimit: 5,
};

const optionsOf = (job: Job): JobsOptions => ({
  ...JOB_OPTIONS,
  jobId: job.id,
  ...(mayWait(job) ? { priority: 1 } : {}),
});

/**
 * Nobody listens to the events of our own queues; BullMQ keeps ten thousand of them unless told otherwise. Of the queue that others
 * write to they bring the answers, and a reader that is slow must not miss them.
 */
const streamsOf = (queue: string) =>
  queue === PREFLIGHT_REQUEST_QUEUE ? {} : { streams: { events: { maxLen: 100 } } };

const COUNTED = ['waiting', 'active', 'delayed', 'failed'] as const;

export interface QueueDepth {
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly failed: number;
}

/** Puts jobs on the queues. A queue whose link failed is thrown away and opened anew by the next one who needs it. */
export class BullSender implements JobSender {
  readonly #transport: Transport;
  readonly #report: Report;
  readonly #queues = new Map<string, Promise<JobQueue>>();

  constructor(transport: Transport, report: Report) {
    this.#transport = transport;
    this.#report = report;
  }

  async send(jobs: readonly Job[]): Promise<void> {
    for (const name of new Set(jobs.map((job) => job.queue))) {
      const group = jobs.filter((job) => job.queue === name);
      const bulk = group.map((job) => ({ name: 'job', data: job.payload, opts: optionsOf(job) }));
      await this.#on(name, (queue) => queue.addBulk(bulk));
    }
  }

  async depth(name: string): Promise<QueueDepth> {
    const counts = await this.#on(name, (queue) => queue.getJobCounts(...COUNTED));
    return {
      waiting: counts['waiting'] ?? 0,
      active: counts['active'] ?? 0,
      delayed: counts['delayed'] ?? 0,
      failed: counts['failed'] ?? 0,
    };
  }

  async close(): Promise<void> {
    const names = [...this.#queues.keys()];
    await Promise.all(names.map((name) => this.#drop(name)));
  }

  async #on<T>(name: string, work: (queue: JobQueue) => Promise<T>): Promise<T> {
    try {
      return await within(SETTINGS.send, `queue \`${name}\``, this.#open(name).then(work));
    } catch (cause) {
      void this.#drop(name);
      throw new Error(`queue \`${name}\` on ${this.#transport.kind} is not available`, { cause });
    }
  }

  #open(name: string): Promise<JobQueue> {
    const known = this.#queues.get(name);
    if (known !== undefined) return known;
    const opening = this.#openNew(name);
    this.#queues.set(name, opening);
    return opening;
  }

  async #openNew(name: string): Promise<JobQueue> {
    await this.#transport.prepare();
    const queue: JobQueue = new Queue(
      name,
      { connection: {}, prefix: PREFIX, ...streamsOf(name) },
      this.#transport.sender,
    );
    queue.on('error', (error) => this.#report({ queue: name, error }));
    try {
      await queue.waitUntilReady();
      return queue;
    } catch (error) {
      queue.close().catch(() => undefined);
      throw error;
    }
  }

  async #drop(name: string): Promise<void> {
    const opening = this.#queues.get(name);
    this.#queues.delete(name);
    const closing = (async () => (await opening)?.close())();
    await within(SETTINGS.close, `closing queue \`${name}\``, closing).catch(() => undefined);
  }
}
