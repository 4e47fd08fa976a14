import type {
  DeliveryAttempt,
  DeliveryKind,
  DeliveryRecord,
  DeliveryState,
  DisabledWhy,
  EventType,
  WebhookReads,
  WebhookRecord,
} from '@berth/application';
import type { Link, Statement } from '../database/link.js';
import { orUndefined } from '../database/or-undefined.js';

const WEBHOOKS = `SELECT w.id, w.url, w.types, w.description, w.state, w.disabled_why, w.through, w.failing_since, w.created_at,
  CASE WHEN w.old_secret_until > now() THEN w.old_secret_until END AS old_secret_until,
  (SELECT count(*)::integer FROM webhook_delivery d WHERE d.fleet = w.fleet AND d.webhook = w.id AND d.state = 'pending') AS pending
FROM webhook w WHERE w.fleet = $1`;

const FIND: Statement = { name: 'webhook-find', text: `${WEBHOOKS} AND w.id = $2` };
const PAGE: Statement = {
  name: 'webhook-page',
  text: `${WEBHOOKS} AND ($2 = '' OR w.id > nullif($2, '')::uuid) ORDER BY w.id LIMIT $3`,
};

// Written as JSON by the server, so that the attempts of a page are read with it.
const DELIVERIES = `SELECT d.number, d.kind, d.event, d.type, d.subject, d.state, d.next_at, d.created_at, d.finished_at, (
    SELECT coalesce(json_agg(json_build_object('attempt', a.attempt, 'at', a.at, 'milliseconds', a.milliseconds, 'status', a.status, 'error', a.error) ORDER BY a.attempt), '[]')
    FROM webhook_attempt a WHERE a.fleet = d.fleet AND a.webhook = d.webhook AND a.delivery = d.number) AS attempts
FROM webhook_delivery d WHERE d.fleet = $1 AND d.webhook = $2`;

const DELIVERY: Statement = { name: 'webhook-delivery-find', text: `${DELIVERIES} AND d.number = $3` };
const DELIVERY_PAGE: Statement = {
  name: 'webhook-delivery-page',
  text: `${DELIVERIES} AND d.number < $3 AND ($4::text IS NULL OR d.state = $4) ORDER BY d.number DESC LIMIT $5`,
};

interface WebhookRow {
  readonly id: string;
  readonly url: string;
  readonly types: readonly string[];
  readonly description: string | null;
  readonly state: string;
  readonly disabled_why: string | null;
  readonly through: string;
  readonly pending: number;
  readonly failing_since: Date | null;
  readonly old_secret_until: Date | null;
  readonly created_at: Date;
}

interface DeliveryRow {
  readonly number: string;
  readonly kind: string;
  readonly event: string;
  readonly type: string;
  readonly subject: string;
  readonly state: string;
  readonly next_at: Date;
  readonly created_at: Date;
  readonly finished_at: Date | null;
  readonly attempts: readonly AttemptRow[];
}

interface AttemptRow {
  readonly attempt: number;
  readonly at: string;
  readonly milliseconds: number;
  readonly status: number | null;
  readonly error: string | null;
}

export class PgWebhookReads implements WebhookReads {
  constructor(private readonly link: Link) {}

  async find(fleet: string, id: string): Promise<WebhookRecord | undefined> {
    const row = await this.link.row<WebhookRow>(FIND, [fleet, id]);
    return row === undefined ? undefined : webhookRecord(row);
  }

  async page(fleet: string, after: string, limit: number): Promise<readonly WebhookRecord[]> {
    return (await this.link.rows<WebhookRow>(PAGE, [fleet, after, limit])).map(webhookRecord);
  }

  async deliveries(
    fleet: string,
    id: string,
    state: DeliveryState | undefined,
    before: number,
    limit: number,
  ): Promise<readonly DeliveryRecord[]> {
    const values = [fleet, id, before, state ?? null, limit];
    return (await this.link.rows<DeliveryRow>(DELIVERY_PAGE, values)).map(deliveryRecord);
  }

  async delivery(fleet: string, id: string, number: number): Promise<DeliveryRecord | undefined> {
    const row = await this.link.row<DeliveryRow>(DELIVERY, [fleet, id, number]);
    return row === undefined ? undefined : deliveryRecord(row);
  }
}

const webhookRecord = (row: WebhookRow): WebhookRecord => ({
  id: row.id,
  url: row.url,
  types: row.types as readonly EventType[],
  description: orUndefined(row.description),
  state: row.state as WebhookRecord['state'],
  disabledWhy: orUndefined(row.disabled_why) as DisabledWhy | undefined,
  through: Number(row.through),
  pending: row.pending,
  failingSince: orUndefined(row.failing_since),
  oldSecretUntil: orUndefined(row.old_secret_until),
  createdAt: row.created_at,
});

const deliveryRecord = (row: DeliveryRow): DeliveryRecord => ({
  number: Number(row.number),
  kind: row.kind as DeliveryKind,
  event: row.event,
  type: row.type as DeliveryRecord['type'],
  subject: row.subject,
  state: row.state as DeliveryState,
  nextAt: row.state === 'pending' ? row.next_at : undefined,
  createdAt: row.created_at,
  finishedAt: orUndefined(row.finished_at),
  attempts: row.attempts.map(deliveryAttempt),
});

const deliveryAttempt = ({ attempt, at, milliseconds, status, error }: AttemptRow): DeliveryAttempt => ({
  attempt,
  at: new Date(at),
  milliseconds,
  status: orUndefined(status),
  error: orUndefined(error),
});
