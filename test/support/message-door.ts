import { DeadLetters, Keys, OutboxRelay, PREFLIGHT_REQUEST_QUEUE, Preflights } from '@berth/application';
import { type Database, openDatabase } from '@berth/persistence';
import { openQueues, type Queues } from '@berth/queue';
import { createLogger, type Runtime } from '@berth/runtime';
import {
  type BackendFactory,
  type ConnectionOptions,
  createPostgresBackend,
  type IQueueBackend,
  type Job,
  Queue,
  QueueEvents,
} from 'bullmq';
import { PreflightProcessor } from '../../apps/worker/src/preflight.processor.js';

const ROUND = 2_000;

type AnyQueue = Queue<unknown, unknown, string, unknown, unknown, string, IQueueBackend, ConnectionOptions>;

/** What an orchestrator holds that asks by message: BullMQ alone, opened as `docs/messages.md` says. */
export class Requester {
  readonly queue: AnyQueue;
  readonly #events: QueueEvents<IQueueBackend>;

  constructor(databaseUrl: string, redisUrl: string | undefined, name: string = PREFLIGHT_REQUEST_QUEUE) {
    if (redisUrl === undefined) {
      const connection = { connectionString: databaseUrl, schema: 'bullmq' } as unknown as ConnectionOptions;
      const backend = createPostgresBackend as unknown as BackendFactory<IQueueBackend, ConnectionOptions>;
      this.queue = new Queue(name, { connection }, backend) as AnyQueue;
      this.#events = new QueueEvents(name, { connection }, backend) as QueueEvents<IQueueBackend>;
    } else {
      const options = { connection: { url: redisUrl }, prefix: '{berth}' };
      this.queue = new Queue(name, options) as unknown as AnyQueue;
      this.#events = new QueueEvents(name, options) as unknown as QueueEvents<IQueueBackend>;
    }
    // Many questions may be under way at once, and each of them listens.
    this.queue.on('error', () => undefined).setMaxListeners(0);
    this.#events.on('error', () => undefined).setMaxListeners(0);
  }

  send(data: unknown, options: object = {}): Promise<Job> {
    return this.queue.add('preflight', data, options) as unknown as Promise<Job>;
  }

  /** The answer; rejects with the reason when nobody will answer. */
  async ask(data: unknown, options: object = {}): Promise<unknown> {
    const job = await this.send(data, options);
    for (;;) {
      try {
        return await job.waitUntilFinished(this.#events as unknown as QueueEvents, ROUND);
      } catch (error) {
        // Each round begins with a look at the job: a notification may have been lost.
        if (!/timed out before finishing/.test(String(error))) throw error;
      }
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.queue.close(), this.#events.close()]);
  }
}

/** A worker's message door, in this process, on a database that others have made. */
export class MessageDoor {
  readonly log: string[] = [];
  readonly letters: DeadLetters;
  readonly #processor: PreflightProcessor;

  private constructor(
    readonly database: Database,
    readonly queues: Queues,
    keys: Keys,
    preflights: Preflights,
  ) {
    this.letters = new DeadLetters(database.work, database.letters);
    const logger = createLogger('worker', 'debug', { write: (line: string) => void this.log.push(line) });
    this.#processor = new PreflightProcessor({ queues, logger } as unknown as Runtime, keys, preflights);
    this.#processor.onApplicationBootstrap();
  }

  static async open(databaseUrl: string, redisUrl: string | undefined): Promise<MessageDoor> {
    const database = await openDatabase({ url: databaseUrl, allowVolatile: true });
    const letters = new DeadLetters(database.work, database.letters);
    const queues = openQueues({ databaseUrl, redisUrl, letters });
    const { work, keys, documents, preflights } = database;
    // A requester finds the queues made, as it would where a worker has run before.
    await queues.depths();
    return new MessageDoor(
      database,
      queues,
      new Keys(work, keys),
      new Preflights(preflights, documents, database.catalogue),
    );
  }

  /** What a worker does several times a second. */
  relay(): Promise<number> {
    return new OutboxRelay(this.database.outbox, this.queues.sender).drain();
  }

  async close(): Promise<void> {
    await this.#processor.beforeApplicationShutdown();
    await this.queues.close();
    await this.database.close();
  }
}
