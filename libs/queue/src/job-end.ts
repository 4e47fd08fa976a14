import { Unavailable } from '@berth/application';
import { DelayedError, type Job, UnrecoverableError } from 'bullmq';
import type { LetterBox } from './letter-box.js';
import { isRedrive, type QueueName } from './payloads.js';
import { policyOf, TRIES, waitAfter } from './policies.js';
import type { Report } from './transport.js';

/** The payload will be no better the next time. */
export class Forged extends Error {
  override readonly name = 'Forged';

  constructor(why: string) {
    super(`forged: ${why}`);
  }
}

/** What is left in the transport of a job that lies among the dead letters: its payload held a key. */
const BURIED = { v: 1, buried: true } as const;

export const isBuried = (data: unknown): boolean =>
  typeof data === 'object' && data !== null && 'buried' in data && data.buried === true;

/** What becomes of a job that threw: tried again, put aside, or left to the transport. */
export class JobEnd {
  readonly #queue: QueueName;
  readonly #letters: LetterBox | undefined;
  readonly #report: Report;

  constructor(queue: QueueName, letters: LetterBox | undefined, report: Report) {
    this.#queue = queue;
    this.#letters = letters;
    this.#report = report;
  }

  /** Answers what the job is to end with, once what has to be done for that is done. */
  async of(job: Job<unknown, unknown>, token: string | undefined, error: unknown): Promise<unknown> {
    const isForged = error instanceof Forged;
    if (!isForged && this.#isLeftToTransport(job)) return error;
    if (!isForged && job.attemptsStarted < triesOf(error)) return this.#later(job, token);
    const reason = reasonOf(job, error);
    try {
      await this.#putAside(job, reason);
      return new UnrecoverableError(reason);
    } catch (cause) {
      // Where it would be kept is away, and it must not be lost for that.
      if (cause instanceof Unavailable) return this.#later(job, token);
      throw cause;
    }
  }

  /** A job that died in the transport itself: its workers died in it too often. */
  async died(job: Job<unknown, unknown>, reason: string): Promise<void> {
    if (!this.#isLeftToTransport(job)) await this.#putAside(job, reason);
  }

  /** Our own jobs: a reconciler sends again what Postgres says is not done. */
  #isLeftToTransport(job: Job<unknown, unknown>): boolean {
    return policyOf(this.#queue).whateverWasSaid === undefined && !isRedrive(job.data);
  }

  async #later(job: Job<unknown, unknown>, token: string | undefined): Promise<DelayedError> {
    await job.moveToDelayed(Date.now() + waitAfter(job.attemptsStarted), token);
    return new DelayedError();
  }

  async #putAside(job: Job<unknown, unknown>, reason: string): Promise<void> {
    const { data } = job;
    if (this.#letters === undefined || isBuried(data)) return;
    if (isRedrive(data)) return this.#letters.rebury(data.fleet, data.letter, reason);
    const letter = { queue: this.#queue, job: job.id ?? '', sentAt: job.timestamp, data, reason };
    const isKept = await this.#letters.bury(letter);
    if (!isKept) this.#report({ queue: this.#queue, error: new Error('too many dead letters: this one is not kept') });
    await job.updateData(BURIED);
  }
}

const triesOf = (error: unknown): number => (error instanceof Unavailable ? TRIES.away : TRIES.failing);

function reasonOf(job: Job<unknown, unknown>, error: unknown): string {
  if (error instanceof Forged) return error.message;
  return `tried ${job.attemptsStarted} times: ${error instanceof Error ? error.message : String(error)}`;
}
