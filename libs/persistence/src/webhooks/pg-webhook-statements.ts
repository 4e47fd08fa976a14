import type {
  DisabledWhy,
  EventRange,
  LockedWebhook,
  NewWebhook,
  WebhookChange,
  WebhookStatements,
} from '@berth/application';
import type { Link, Statement } from '../database/link.js';

const KEY = 'fleet = $1 AND id = $2';

const INSERT: Statement = {
  name: 'webhook-insert',
  text: `INSERT INTO webhook (fleet, id, url, types, description, secret, through)
VALUES ($1, $2, $3, $4, $5, $6, coalesce((SELECT last FROM event_feed WHERE fleet = $1), 0))`,
};
const LOCK: Statement = {
  name: 'webhook-lock',
  text: `SELECT url, state FROM webhook WHERE ${KEY} FOR NO KEY UPDATE`,
};
// Where a message goes has changed, or what its sender can do: what is said of failures was said of before.
const CHANGE: Statement = {
  name: 'webhook-change',
  text: `UPDATE webhook SET types = coalesce($4, types), description = CASE WHEN $6 THEN $5 ELSE description END,
  url = coalesce($3, url), failures = CASE WHEN $3 <> url THEN 0 ELSE failures END,
  failing_since = CASE WHEN $3 <> url THEN NULL ELSE failing_since END, not_before = CASE WHEN $3 <> url THEN now() ELSE not_before END
WHERE ${KEY}`,
};
const DISABLE: Statement = {
  name: 'webhook-disable',
  text: `UPDATE webhook SET state = 'disabled', disabled_why = $3 WHERE ${KEY}`,
};
// What waited is due at once, and has all its attempts before it.
const ENABLE: Statement = {
  name: 'webhook-enable',
  text: `WITH waiting AS (
  UPDATE webhook_delivery d SET next_at = now(), forgiven = d.attempts FROM webhook w
  WHERE w.fleet = $1 AND w.id = $2 AND w.state = 'disabled' AND d.fleet = $1 AND d.webhook = $2 AND d.state = 'pending' AND d.lease IS NULL)
UPDATE webhook SET state = 'enabled', disabled_why = NULL, failures = 0, failing_since = NULL, not_before = now()
WHERE ${KEY} AND state = 'disabled'`,
};
const ROTATE: Statement = {
  name: 'webhook-rotate',
  text: `UPDATE webhook SET old_secret = secret, old_secret_until = now() + $4::double precision * interval '1 millisecond', secret = $3 WHERE ${KEY}`,
};
const REMOVE: Statement = { name: 'webhook-remove', text: `DELETE FROM webhook WHERE ${KEY}` };

const TEST: Statement = {
  name: 'webhook-test',
  text: `WITH counted AS (UPDATE webhook SET deliveries = deliveries + 1 WHERE ${KEY} RETURNING id, deliveries)
INSERT INTO webhook_delivery (fleet, webhook, number, kind, event, type, subject)
SELECT $1, id, deliveries, 'test', gen_random_uuid(), 'webhook.test', 'webhooks/' || id::text FROM counted RETURNING number`,
};
const REPLAY_EVENT: Statement = {
  name: 'webhook-replay-event',
  text: `WITH wanted AS (SELECT uuid, type, subject FROM event WHERE fleet = $1 AND uuid = $3 AND seq IS NOT NULL),
counted AS (UPDATE webhook SET deliveries = deliveries + 1 WHERE ${KEY} AND EXISTS (SELECT FROM wanted) RETURNING deliveries)
INSERT INTO webhook_delivery (fleet, webhook, number, kind, event, type, subject)
SELECT $1, $2, c.deliveries, 'replay', w.uuid, w.type, w.subject FROM wanted w, counted c RETURNING number`,
};
const REPLAY_RANGE: Statement = {
  name: 'webhook-replay-range',
  text: `WITH bounds AS (SELECT least($4::bigint, (SELECT last FROM event_feed WHERE fleet = $1)) AS through),
wanted AS (
  SELECT e.seq, e.uuid, e.type, e.subject, row_number() OVER (ORDER BY e.seq) AS n FROM webhook w, bounds b, event e
  WHERE w.fleet = $1 AND w.id = $2 AND e.fleet = $1 AND e.seq > $3 AND e.seq <= b.through AND (w.types = '{}' OR e.type = ANY (w.types))
  ORDER BY e.seq LIMIT $5),
made AS (
  INSERT INTO webhook_delivery (fleet, webhook, number, kind, event, type, subject)
  SELECT $1, $2, w.deliveries + e.n, 'replay', e.uuid, e.type, e.subject FROM wanted e, webhook w WHERE w.fleet = $1 AND w.id = $2),
summed AS (SELECT count(*) AS queued, max(seq) AS seen FROM wanted),
counted AS (UPDATE webhook SET deliveries = deliveries + s.queued FROM summed s WHERE ${KEY})
SELECT s.queued::integer AS queued, CASE WHEN s.queued = $5 THEN s.seen ELSE coalesce(greatest($3, b.through), $3) END AS through FROM summed s, bounds b`,
};

export class PgWebhookStatements implements WebhookStatements {
  constructor(private readonly link: Link) {}

  async insert(fleet: string, webhook: NewWebhook): Promise<void> {
    const { id, url, types, description = null, secret } = webhook;
    await this.link.touch(INSERT, [fleet, id, url, types, description, Buffer.from(secret)]);
  }

  lock(fleet: string, id: string): Promise<LockedWebhook | undefined> {
    return this.link.row<LockedWebhook>(LOCK, [fleet, id]);
  }

  async change(fleet: string, id: string, { url, types, description }: WebhookChange): Promise<void> {
    const values = [fleet, id, url ?? null, types ?? null, description ?? null, description !== undefined];
    await this.link.touch(CHANGE, values);
  }

  async disable(fleet: string, id: string, why: DisabledWhy): Promise<void> {
    await this.link.touch(DISABLE, [fleet, id, why]);
  }

  async enable(fleet: string, id: string): Promise<void> {
    await this.link.touch(ENABLE, [fleet, id]);
  }

  async rotate(fleet: string, id: string, secret: Uint8Array, overlapMilliseconds: number): Promise<void> {
    await this.link.touch(ROTATE, [fleet, id, Buffer.from(secret), overlapMilliseconds]);
  }

  async remove(fleet: string, id: string): Promise<void> {
    await this.link.touch(REMOVE, [fleet, id]);
  }

  async test(fleet: string, id: string): Promise<number> {
    const row = await this.link.row<{ number: string }>(TEST, [fleet, id]);
    if (row === undefined) throw new Error(`webhook \`${id}\` went away under its lock`);
    return Number(row.number);
  }

  async replayEvent(fleet: string, id: string, event: string): Promise<number | undefined> {
    const row = await this.link.row<{ number: string }>(REPLAY_EVENT, [fleet, id, event]);
    return row === undefined ? undefined : Number(row.number);
  }

  async replayRange(
    fleet: string,
    id: string,
    range: EventRange,
    most: number,
  ): Promise<{ queued: number; through: number }> {
    const values = [fleet, id, range.after, range.through, most];
    const row = await this.link.row<{ queued: number; through: string }>(REPLAY_RANGE, values);
    return { queued: row?.queued ?? 0, through: Number(row?.through ?? range.after) };
  }
}
