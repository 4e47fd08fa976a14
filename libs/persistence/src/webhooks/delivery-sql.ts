import type { Statement } from '../database/link.js';

/** How many deliveries of one webhook wait at most; events beyond that wait in the feed. */
const WINDOW = 500;
/** How many events one look at the feed passes over at most. */
const STRETCH = 20_000;
const PURGED_AT_ONCE = 2_000;

// Whose row another courier holds is passed over: he looks after it.
const HOLD: Statement = {
  name: 'webhook-hold',
  text: `SELECT w.fleet, w.id FROM webhook w
WHERE (w.state = 'enabled' AND w.not_before <= now() AND w.through < (SELECT last FROM event_feed f WHERE f.fleet = w.fleet))
  OR EXISTS (
    SELECT FROM webhook_delivery d WHERE d.fleet = w.fleet AND d.webhook = w.id AND d.state = 'pending' AND d.next_at <= now()
      AND coalesce(d.leased_until <= now(), true)
      AND (d.kind = 'test' OR (w.state = 'enabled' AND w.not_before <= now())))
ORDER BY w.claimed_at LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED`,
};

const HELD = '(w.fleet, w.id) IN (SELECT * FROM unnest($1::text[], $2::uuid[]))';

// Past what is purged there is nothing to be had. An empty list of types is all of them.
const MAKE: Statement = {
  name: 'webhook-delivery-make',
  text: `WITH held AS (
  SELECT w.fleet, w.id, w.types, w.deliveries, f.last, greatest(w.through, f.purged) AS after,
    ${WINDOW} - (SELECT count(*) FROM webhook_delivery d WHERE d.fleet = w.fleet AND d.webhook = w.id AND d.state = 'pending') AS room
  FROM webhook w JOIN event_feed f ON f.fleet = w.fleet WHERE ${HELD} AND w.state = 'enabled'
), wanted AS (
  SELECT h.fleet, h.id, e.*, row_number() OVER (PARTITION BY h.fleet, h.id ORDER BY e.seq) AS n FROM held h CROSS JOIN LATERAL (
    SELECT seq, uuid, type, subject FROM event WHERE fleet = h.fleet AND seq > h.after AND seq <= h.after + ${STRETCH}
      AND (h.types = '{}' OR type = ANY (h.types)) ORDER BY seq LIMIT greatest(h.room, 0)) e
), made AS (
  INSERT INTO webhook_delivery (fleet, webhook, number, kind, event, type, subject)
  SELECT w.fleet, w.id, h.deliveries + w.n, 'event', w.uuid, w.type, w.subject
  FROM wanted w JOIN held h ON h.fleet = w.fleet AND h.id = w.id
), counted AS (
  SELECT fleet, id, count(*) AS made, max(seq) AS seen FROM wanted GROUP BY fleet, id
)
UPDATE webhook w SET claimed_at = clock_timestamp(), deliveries = w.deliveries + coalesce(c.made, 0),
  through = CASE WHEN coalesce(c.made, 0) >= h.room THEN coalesce(c.seen, h.after) ELSE least(h.last, h.after + ${STRETCH}) END
FROM held h LEFT JOIN counted c ON c.fleet = h.fleet AND c.id = h.id
WHERE w.fleet = h.fleet AND w.id = h.id`,
};

// Earlier ones of the same subject go first. A test is about nothing, and waits for nobody.
const CLAIM: Statement = {
  name: 'webhook-delivery-claim',
  text: `WITH held AS (
  SELECT w.fleet, w.id, w.state, w.not_before, w.url, w.secret, CASE WHEN w.old_secret_until > now() THEN w.old_secret END AS old_secret,
    CASE WHEN w.failures >= $7 THEN $6::integer ELSE $5::integer END - (
      SELECT count(*) FROM webhook_delivery d WHERE d.fleet = w.fleet AND d.webhook = w.id AND d.state = 'pending' AND d.leased_until > now()) AS room
  FROM webhook w WHERE ${HELD}
), due AS (
  SELECT h.*, d.number FROM held h CROSS JOIN LATERAL (
    SELECT d.number FROM webhook_delivery d
    WHERE d.fleet = h.fleet AND d.webhook = h.id AND d.state = 'pending' AND d.next_at <= now() AND coalesce(d.leased_until <= now(), true)
      AND (d.kind = 'test' OR (h.state = 'enabled' AND h.not_before <= now() AND NOT EXISTS (
        SELECT FROM webhook_delivery e WHERE e.fleet = d.fleet AND e.webhook = d.webhook AND e.subject = d.subject
          AND e.state = 'pending' AND e.kind <> 'test' AND e.number < d.number)))
    ORDER BY d.number LIMIT greatest(h.room, 0)) d
  LIMIT $3
), taken AS (
  UPDATE webhook_delivery d SET lease = gen_random_uuid(), leased_until = now() + $4::double precision * interval '1 millisecond', attempts = d.attempts + 1
  FROM due WHERE d.fleet = due.fleet AND d.webhook = due.id AND d.number = due.number
  RETURNING d.*, due.url, due.secret, due.old_secret
)
SELECT t.fleet, t.webhook, t.number, t.kind, t.event, t.attempts, t.forgiven, t.lease, clock_timestamp() AS claimed_at, t.created_at, t.url, t.secret,
  t.old_secret, e.seq, e.type, e.subject, e.data, e.at
FROM taken t LEFT JOIN event e ON e.fleet = t.fleet AND e.uuid = t.event AND t.kind <> 'test' ORDER BY t.number`,
};

const KEY = 'fleet = $1 AND webhook = $2 AND number = $3';

const RELEASE: Statement = {
  name: 'webhook-delivery-release',
  text: `UPDATE webhook_delivery SET lease = NULL, leased_until = NULL, attempts = attempts - 1 WHERE ${KEY} AND lease = $4`,
};

// What was delivered is delivered, whoever holds the lease by now.
const SETTLE: Statement = {
  name: 'webhook-delivery-settle',
  text: `WITH settled AS (
  UPDATE webhook_delivery SET lease = NULL, leased_until = NULL, state = $5, finished_at = CASE WHEN $5 <> 'pending' THEN clock_timestamp() END,
    next_at = clock_timestamp() + $6::double precision * interval '1 millisecond'
  WHERE ${KEY} AND state = 'pending' AND (lease = $4 OR $5 = 'delivered')
)
INSERT INTO webhook_attempt (fleet, webhook, delivery, attempt, at, milliseconds, status, error)
SELECT fleet, webhook, number, $7, clock_timestamp() - $8::integer * interval '1 millisecond', $8, $9, $10 FROM webhook_delivery WHERE ${KEY}
ON CONFLICT DO NOTHING`,
};

const WEBHOOK = 'fleet = $1 AND id = $2';

const SUCCEEDED: Statement = {
  name: 'webhook-succeeded',
  text: `WITH was AS (SELECT failures FROM webhook WHERE ${WEBHOOK} AND failures > 0 FOR NO KEY UPDATE),
well AS (UPDATE webhook SET failures = 0, failing_since = NULL, not_before = now() WHERE ${WEBHOOK} AND failures > 0)
SELECT failures >= $3 AS failing FROM was`,
};

const RECALL: Statement = {
  name: 'webhook-delivery-recall',
  text: `UPDATE webhook_delivery SET next_at = now() + random() * $3::double precision * interval '1 millisecond'
WHERE fleet = $1 AND webhook = $2 AND state = 'pending' AND lease IS NULL AND next_at > now() + $3::double precision * interval '1 millisecond'`,
};

const FAILED: Statement = {
  name: 'webhook-failed',
  text: `UPDATE webhook SET failures = failures + 1, failing_since = coalesce(failing_since, now()),
  not_before = greatest(not_before, now() + $3::double precision * interval '1 millisecond')
WHERE ${WEBHOOK} RETURNING extract(epoch FROM now() - failing_since)::double precision * 1000 AS milliseconds`,
};

const PURGE: Statement = {
  name: 'webhook-delivery-purge',
  text: `DELETE FROM webhook_delivery WHERE (fleet, webhook, number) IN (
  SELECT fleet, webhook, number FROM webhook_delivery
  WHERE finished_at < now() - $1::double precision * interval '1 millisecond' ORDER BY finished_at LIMIT ${PURGED_AT_ONCE})`,
};

export const DELIVERY_SQL = { HOLD, MAKE, CLAIM, RELEASE, SETTLE, SUCCEEDED, RECALL, FAILED, PURGE } as const;
