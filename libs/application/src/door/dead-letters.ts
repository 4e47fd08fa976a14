import type { Caller } from '../caller.js';
import { pageOf } from '../cursor.js';
import { isId, newId } from '../new-id.js';
import type { CursorInvalid, Listed, Page } from '../page.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import type { DeadLetter, DeadLetterStore, FleetClaim, Redriven, WhichLetters } from './dead-letter-store.js';
import { redriveJob } from './redrive-job.js';
import { lineWithoutSecrets, printedWithoutSecrets } from './without-secrets.js';

/** A job as it was found dead; its data may be anything. */
export interface DeadJob {
  readonly queue: string;
  readonly job: string;
  /** Milliseconds, as its sender wrote them. */
  readonly sentAt: number;
  readonly data: unknown;
  readonly reason: string;
}

export interface LetterQuery extends Page {
  readonly queue?: string | undefined;
}

/** Where what belongs to no fleet that exists is looked at: by those who run this installation. */
const FIRST_FLEET = 'default';
const MOST_AT_ONCE = 1000;
/** What a clock, and Postgres, can hold. */
const LATEST = 8.64e15;

/** The jobs that nobody will do: kept in Postgres, so that an emptied queue loses none, to be read and to be put back. */
export class DeadLetters {
  constructor(
    private readonly work: UnitOfWork,
    private readonly store: DeadLetterStore,
  ) {}

  /** Keeps the job without its secrets; false when there are too many of its kind. The same job is kept once. */
  bury({ queue, job, sentAt, data, reason }: DeadJob): Promise<boolean> {
    const sent = Number.isFinite(sentAt) ? Math.min(Math.max(Math.trunc(sentAt), 0), LATEST) : 0;
    return this.store.bury(claimOf(data), FIRST_FLEET, newId(), {
      queue,
      job: lineWithoutSecrets(job),
      sentAt: new Date(sent),
      payload: printedWithoutSecrets(data),
      reason: lineWithoutSecrets(reason),
    });
  }

  list(caller: Caller, query: LetterQuery): Promise<Listed<DeadLetter> | CursorInvalid> {
    return pageOf(
      `dead-letters:${query.queue ?? ''}`,
      query,
      (letter) => letter.id,
      (before, limit) => this.store.page(caller.fleet, query.queue, before, limit),
      isId,
    );
  }

  /** Puts letters back on their queues, to be done in the caller's name. Answers which; those that are not there are left out. */
  redrive(caller: Caller, which: WhichLetters): Promise<readonly string[]> {
    return this.work.run(async (tx) => {
      const letters = await tx.letters.redrive(caller, which, MOST_AT_ONCE);
      await tx.outbox.put(
        caller.fleet,
        letters.map((letter) => redriveJob(caller.fleet, letter)),
      );
      for (const letter of letters)
        await tx.audit.write(caller, 'dead-letter.redrive', letter.id, {
          queue: letter.queue,
          redrives: letter.redrives,
        });
      return letters.map((letter) => letter.id);
    });
  }

  redriven(fleet: string, id: string): Promise<Redriven | undefined> {
    return this.store.redriven(fleet, id);
  }

  settle(fleet: string, id: string): Promise<void> {
    return this.store.settle(fleet, id);
  }

  rebury(fleet: string, id: string, reason: string): Promise<void> {
    return this.store.rebury(fleet, id, lineWithoutSecrets(reason));
  }

  purge(): Promise<void> {
    return this.store.purge();
  }
}

const KEY_ID = /^berth_([0-9a-f]{1,64})_/;

function claimOf(data: unknown): FleetClaim {
  const { fleet, key } = (typeof data === 'object' && data !== null ? data : {}) as Record<string, unknown>;
  const keyId = typeof key === 'string' ? KEY_ID.exec(key)?.[1] : undefined;
  return { ...(typeof fleet === 'string' ? { fleet } : {}), ...(keyId === undefined ? {} : { keyId }) };
}
