import type { DeadLetter, DeadLetterStore, FleetClaim, NewDeadLetter, Redriven } from '@berth/application';
import type { Link } from '../database/link.js';
import { orUndefined } from '../database/or-undefined.js';
import { BURY, PAGE, PURGE, REBURY, REDRIVEN, SETTLE } from './dead-letter-sql.js';

interface LetterRow {
  readonly id: string;
  readonly queue: string;
  readonly job: string;
  readonly sent_at: Date;
  readonly payload: string;
  readonly reason: string;
  readonly died_at: Date;
  readonly redrives: number;
  readonly redriven_at: Date | null;
}

export class PgDeadLetterStore implements DeadLetterStore {
  constructor(private readonly link: Link) {}

  async bury(claim: FleetClaim, otherwise: string, id: string, letter: NewDeadLetter): Promise<boolean> {
    const { queue, job, sentAt, payload, reason } = letter;
    const owner = [claim.fleet ?? null, claim.keyId ?? null, otherwise];
    return (await this.link.touch(BURY, [...owner, id, queue, job, sentAt, payload, reason])) === 1;
  }

  async page(fleet: string, queue: string | undefined, before: string, limit: number): Promise<readonly DeadLetter[]> {
    const place = before === '' ? null : before;
    return (await this.link.rows<LetterRow>(PAGE, [fleet, queue ?? null, place, limit])).map(deadLetter);
  }

  async redriven(fleet: string, id: string): Promise<Redriven | undefined> {
    const row = await this.link.row<{ payload: string; redriven_by: string }>(REDRIVEN, [fleet, id]);
    if (row === undefined) return undefined;
    // Only an operator can put a letter back.
    return { payload: row.payload, caller: { fleet, keyId: row.redriven_by, role: 'operator' } };
  }

  async settle(fleet: string, id: string): Promise<void> {
    await this.link.touch(SETTLE, [fleet, id]);
  }

  async rebury(fleet: string, id: string, reason: string): Promise<void> {
    await this.link.touch(REBURY, [fleet, id, reason]);
  }

  async purge(): Promise<void> {
    await this.link.touch(PURGE, []);
  }
}

const deadLetter = (row: LetterRow): DeadLetter => ({
  id: row.id,
  queue: row.queue,
  job: row.job,
  sentAt: row.sent_at,
  payload: row.payload,
  reason: row.reason,
  diedAt: row.died_at,
  redrives: row.redrives,
  redrivenAt: orUndefined(row.redriven_at),
});
