import type { Statement } from '../database/link.js';

const interval = (ms: string): string => `${ms}::double precision * interval '1 millisecond'`;

// Not now(), which is when the transaction began: it may have waited for locks since.
const NOW = 'statement_timestamp()';

const LAST_WORD = 'greatest(l.beat_at, h.received_at)';

/**
 * How fresh a host's facts are, by the database's clock. `h` is the host, `l` its liveness or nulls; the parameter holds the
 * milliseconds for which facts of a host hold that has never sent a heartbeat.
 *
 * Silence while no API was there to hear is ours, not the hosts'. Whoever was fresh when the last API fell silent stays so while none is
 * there, and for one window (three heartbeats) from when one is back. That excuses from `stale` alone: after 15 minutes without
 * a word facts are `expired`, whoever was silent, since by then the host may be another.
 */
export const freshnessSql = (ttl: string): string => `CASE
  WHEN h.contender IS NOT NULL THEN 'mismatched'
  WHEN l.host IS NULL THEN CASE WHEN h.received_at < ${NOW} - ${interval(ttl)} THEN 'expired' ELSE 'fresh' END
  WHEN h.boot_id <> l.boot_id THEN 'rebooted'
  WHEN h.digest <> l.digest THEN 'mismatched'
  WHEN ${LAST_WORD} < ${NOW} - interval '15 minutes' THEN 'expired'
  WHEN ${LAST_WORD} < ${NOW} - ${WINDOW} AND (${EXCUSED_SINCE} IS NULL OR ${LAST_WORD} < ${EXCUSED_SINCE}) THEN 'stale'
  ELSE 'fresh' END`;

/** Until when the facts stay fresh if nothing more is heard. */
export const freshUntilSql = (ttl: string): string => `CASE
  WHEN l.host IS NULL THEN h.received_at + ${interval(ttl)}
  ELSE least(${LAST_WORD} + interval '15 minutes',
    greatest(${LAST_WORD} + ${WINDOW}, CASE WHEN ${LAST_WORD} >= ${EXCUSED_SINCE} THEN ${EXCUSED_UNTIL} END)) END`;

// Each is read once for a statement, and only where it is asked for.
const WINDOW = `(SELECT coalesce(max(3 * heartbeat), interval '60 seconds') FROM service_pulse)`;

/** The API has not been there for a heartbeat: each of them says so four times in that time. */
const silentAt = (now: string, p: string): string => `${now} > ${p}touched_at + ${p}heartbeat`;

/** Whoever was heard of since then was fresh when the APIs fell silent. Where that was soon after another silence, that one counts. */
const heardSince = (p: string): string =>
  `CASE WHEN ${p}touched_at < ${p}resumed_at + 3 * ${p}heartbeat THEN ${p}heard_since ELSE ${p}touched_at - 3 * ${p}heartbeat END`;

const EXCUSED_SINCE = `(SELECT CASE WHEN ${silentAt(NOW, '')} THEN ${heardSince('')} WHEN ${NOW} < resumed_at + 3 * heartbeat THEN heard_since END FROM service_pulse)`;
const EXCUSED_UNTIL = `(SELECT CASE WHEN ${silentAt(NOW, '')} THEN ${NOW} ELSE resumed_at END + 3 * heartbeat FROM service_pulse)`;

// clock_timestamp(): the row may have been waited for. $1: milliseconds from one heartbeat of a host to the next.
const RESUMES = silentAt('clock_timestamp()', 'p.');
export const TOUCH_PULSE: Statement = {
  name: 'service-pulse-touch',
  text: `INSERT INTO service_pulse AS p (heartbeat) VALUES (${interval('$1')})
ON CONFLICT (one) DO UPDATE SET heartbeat = excluded.heartbeat, touched_at = clock_timestamp(),
  resumed_at = CASE WHEN ${RESUMES} THEN clock_timestamp() ELSE p.resumed_at END,
  heard_since = CASE WHEN ${RESUMES} THEN ${heardSince('p.')} ELSE p.heard_since END`,
};
