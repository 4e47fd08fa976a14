/**
 * How fresh a host's facts are, by the database's clock. `h` is the host, `l` its liveness or nulls; the parameter holds the
 * milliseconds for which facts of a host hold that has never sent a heartbeat.
 */
export const freshnessSql = (ttl: string): string => `CASE
  WHEN l.host IS NULL THEN CASE WHEN h.received_at < now() - ${interval(ttl)} THEN 'expired' ELSE 'fresh' END
  WHEN h.boot_id <> l.boot_id THEN 'rebooted'
  WHEN h.digest <> l.digest THEN 'mismatched'
  WHEN greatest(l.beat_at, h.received_at) < now() - interval '15 minutes' THEN 'expired'
  WHEN greatest(l.beat_at, h.received_at) < now() - interval '60 seconds' THEN 'stale'
  ELSE 'fresh' END`;

/** Until when the facts stay fresh if nothing more is heard. */
export const freshUntilSql = (ttl: string): string => `CASE
  WHEN l.host IS NULL THEN h.received_at + ${interval(ttl)}
  ELSE greatest(l.beat_at, h.received_at) + interval '60 seconds' END`;

const interval = (ttl: string): string => `${ttl}::double precision * interval '1 millisecond'`;
