import type {
  Attempt,
  ClaimedDelivery,
  ClaimLimits,
  DeliveryStatements,
  EventType,
  Message,
  Settlement,
} from '@berth/application';
import type { Link } from '../database/link.js';
import { parseObject } from '../documents/parts-of.js';
import { DELIVERY_SQL } from './delivery-sql.js';

/** How many webhooks one claim looks after. */
const WEBHOOKS_AT_ONCE = 50;

interface ClaimedRow {
  readonly fleet: string;
  readonly webhook: string;
  readonly number: string;
  readonly kind: string;
  readonly event: string;
  readonly attempts: number;
  readonly forgiven: number;
  readonly lease: string;
  readonly claimed_at: Date;
  readonly created_at: Date;
  readonly url: string;
  readonly secret: Buffer;
  readonly old_secret: Buffer | null;
  readonly seq: string | null;
  readonly type: string;
  readonly subject: string;
  readonly data: string;
  readonly at: Date;
}

export class PgDeliveryStatements implements DeliveryStatements {
  constructor(private readonly link: Link) {}

  async claim(limits: ClaimLimits): Promise<readonly ClaimedDelivery[]> {
    const held = await this.link.rows<{ fleet: string; id: string }>(DELIVERY_SQL.HOLD, [WEBHOOKS_AT_ONCE]);
    if (held.length === 0) return [];
    const ids = [held.map((row) => row.fleet), held.map((row) => row.id)];
    // Each of these sees what was committed before the rows were held.
    await this.link.touch(DELIVERY_SQL.MAKE, ids);
    const { most, leaseMilliseconds, perWebhook, perFailing, failing } = limits;
    const values = [...ids, most, leaseMilliseconds, perWebhook, perFailing, failing];
    return (await this.link.rows<ClaimedRow>(DELIVERY_SQL.CLAIM, values)).map(claimedDelivery);
  }

  async release(claimed: ClaimedDelivery): Promise<void> {
    await this.link.touch(DELIVERY_SQL.RELEASE, [...keyOf(claimed), claimed.lease]);
  }

  async settle(claimed: ClaimedDelivery, attempt: Attempt, settlement: Settlement): Promise<void> {
    const { milliseconds, outcome } = attempt;
    const status = 'status' in outcome ? outcome.status : null;
    const error = 'error' in outcome ? outcome.error : null;
    await this.link.touch(DELIVERY_SQL.SETTLE, [
      ...keyOf(claimed),
      claimed.lease,
      settlement.kind === 'retry' ? 'pending' : settlement.kind,
      settlement.kind === 'retry' ? settlement.afterMilliseconds : 0,
      claimed.attempt,
      milliseconds,
      status,
      error,
    ]);
  }

  async succeeded({ fleet, webhook }: ClaimedDelivery, failing: number): Promise<boolean> {
    const row = await this.link.row<{ failing: boolean }>(DELIVERY_SQL.SUCCEEDED, [fleet, webhook, failing]);
    return row?.failing ?? false;
  }

  async recall({ fleet, webhook }: ClaimedDelivery, withinMilliseconds: number): Promise<void> {
    await this.link.touch(DELIVERY_SQL.RECALL, [fleet, webhook, withinMilliseconds]);
  }

  async failed({ fleet, webhook }: ClaimedDelivery, pauseMilliseconds: number): Promise<number> {
    const values = [fleet, webhook, pauseMilliseconds];
    const row = await this.link.row<{ milliseconds: number }>(DELIVERY_SQL.FAILED, values);
    return row?.milliseconds ?? 0;
  }

  purge(olderThanMilliseconds: number): Promise<number> {
    return this.link.touch(DELIVERY_SQL.PURGE, [olderThanMilliseconds]);
  }
}

const keyOf = ({ fleet, webhook, number }: ClaimedDelivery): readonly unknown[] => [fleet, webhook, number];

const claimedDelivery = (row: ClaimedRow): ClaimedDelivery => ({
  fleet: row.fleet,
  webhook: row.webhook,
  number: Number(row.number),
  attempt: row.attempts,
  counted: row.attempts - row.forgiven,
  lease: row.lease,
  claimedAt: row.claimed_at,
  url: row.url,
  secrets: row.old_secret === null ? [row.secret] : [row.secret, row.old_secret],
  message: messageOf(row),
});

function messageOf(row: ClaimedRow): Message {
  const { fleet, event: id, seq, subject, at } = row;
  if (row.kind === 'test') return { kind: 'test', id, at: row.created_at };
  if (seq === null) return { kind: 'lost' };
  const type = row.type as EventType;
  return { kind: 'event', event: { id, fleet, sequence: Number(seq), type, subject, data: parseObject(row.data), at } };
}
