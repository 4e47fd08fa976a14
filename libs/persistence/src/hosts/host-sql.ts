import { internClass } from '../classes/class-values.js';
import type { Statement } from '../database/link.js';

const LOCKED = 'h.revision, h.digest, h.state, h.labels, h.machine_id, h.boot_id, h.collected_at, h.contender';

// After the lock and not with it: a statement that waited for the lock reads other rows as they were before the wait.
export const LAST_HEARD: Statement = {
  name: 'host-last-heard',
  text: 'SELECT boot_id AS heard_boot_id, digest AS heard_digest FROM host_liveness WHERE fleet = $1 AND host = $2',
};

// NO KEY UPDATE: a first heartbeat, which refers to the host's key, need not wait.
export const LOCK: Statement = {
  name: 'host-lock',
  text: `SELECT ${LOCKED} FROM host h WHERE h.fleet = $1 AND h.name = $2 FOR NO KEY UPDATE`,
};

// clock_timestamp(), since now() is when the transaction began, and it may have waited for the lock since.
export const OBSERVE: Statement = {
  name: 'host-observe',
  text: `WITH h AS (SELECT * FROM host WHERE fleet = $1 AND name = $2 FOR NO KEY UPDATE)
SELECT ${LOCKED}, clock_timestamp() AS server_time, $3::text::timestamptz > clock_timestamp() + interval '5 minutes' AS ahead,
  CASE WHEN $3::text::timestamptz < h.collected_at THEN 'older' WHEN $3::text::timestamptz = h.collected_at THEN 'equal' WHEN h.name IS NOT NULL THEN 'newer' END AS place
FROM (SELECT 1) AS always LEFT JOIN h ON true`,
};

// $3 digest, $4 document, $5 provenance, $6 machine id, $7 boot id, $8 collectedAt, $9 to $11 the class
const DOCUMENT = 'INSERT INTO fingerprint (fleet, digest, document) VALUES ($1, $3, $4) ON CONFLICT DO NOTHING';
const CLASS = internClass('host_class', 9);
const REVISION = (from: string): string =>
  `INSERT INTO host_revision (fleet, host, revision, digest, collected_at, received_at, provenance) SELECT $1, $2, revision, $3, $8::text::timestamptz, received_at, $5 FROM ${from}`;

// A writer who makes the same host at the same time is waited for: after its commit nothing is inserted and nothing comes back.
export const INSERT: Statement = {
  name: 'host-insert',
  text: `WITH document AS (${DOCUMENT}),
class AS (${CLASS}),
made AS (
  INSERT INTO host (fleet, name, revision, digest, class_digest, machine_id, boot_id, collected_at, collected_as, received_at)
  VALUES ($1, $2, 1 + coalesce((SELECT revision FROM removed_name WHERE fleet = $1 AND kind = 'host' AND name = $2), 0),
    $3, $9, $6, $7, $8::text::timestamptz, $8, clock_timestamp())
  ON CONFLICT (fleet, name) DO NOTHING RETURNING revision, received_at),
noted AS (${REVISION('made')})
SELECT revision FROM made`,
};

// The machine that an operator agreed to has spoken, and the quarantine is over: another one does not come so far.
const SPEAKS = (machineId: string): string =>
  `contender = CASE WHEN contender = ${machineId} THEN NULL ELSE contender END`;

// What the heartbeats said is superseded where it agreed with the facts until now. Where it did not, it knew better than they
// did, and only facts that agree with it make the host fresh again.
export const ADVANCE: Statement = {
  name: 'host-advance',
  text: `WITH document AS (${DOCUMENT}),
class AS (${CLASS}),
before AS (SELECT boot_id, digest FROM host WHERE fleet = $1 AND name = $2),
moved AS (
  UPDATE host SET revision = revision + 1, digest = $3, class_digest = $9, machine_id = coalesce(machine_id, $6), boot_id = $7, ${SPEAKS('$6')},
    collected_at = $8::text::timestamptz, collected_as = $8, received_at = clock_timestamp()
  WHERE fleet = $1 AND name = $2 AND revision = $12 RETURNING revision, received_at),
noted AS (${REVISION('moved')}),
heard AS (
  UPDATE host_liveness l SET
    boot_id = CASE WHEN l.boot_id = before.boot_id THEN coalesce($7, l.boot_id) ELSE l.boot_id END,
    digest = CASE WHEN l.digest = before.digest THEN $3 ELSE l.digest END
  FROM before, moved WHERE l.fleet = $1 AND l.host = $2)
SELECT revision FROM moved`,
};

const NOTE_PROVENANCE = (provenance: string): string =>
  `UPDATE host_revision v SET provenance = ${provenance} FROM renewed WHERE v.fleet = $1 AND v.host = $2 AND v.revision = renewed.revision AND v.provenance <> ${provenance}`;

// The very same observation again keeps a host fresh only where nothing but registrations can: a host that has sent
// heartbeats is alive when it says something new.
export const RENEW: Statement = {
  name: 'host-renew',
  text: `WITH renewed AS (
  UPDATE host h SET collected_at = $3::text::timestamptz, collected_as = $3, ${SPEAKS('$5')},
    received_at = CASE WHEN h.collected_at < $3::text::timestamptz OR NOT EXISTS (SELECT FROM host_liveness l WHERE l.fleet = $1 AND l.host = $2)
      THEN clock_timestamp() ELSE h.received_at END
  WHERE h.fleet = $1 AND h.name = $2 RETURNING h.revision)
${NOTE_PROVENANCE('$4')}`,
};

// The short way for what most registrations are: the same facts, seen later, and nothing to object.
export const RENEW_UNCHANGED: Statement = {
  name: 'host-renew-unchanged',
  text: `WITH renewed AS (
  UPDATE host SET collected_at = $4::text::timestamptz, collected_as = $4, received_at = clock_timestamp(), ${SPEAKS('$6')}
  WHERE fleet = $1 AND name = $2 AND digest = $3 AND collected_at < $4::text::timestamptz
    AND $4::text::timestamptz <= clock_timestamp() + interval '5 minutes'
    AND ($6::text IS NULL OR machine_id IS NULL OR machine_id = $6) AND ($7::integer IS NULL OR revision = $7)
  RETURNING revision),
noted AS (${NOTE_PROVENANCE('$5')})
SELECT revision FROM renewed`,
};

export const CHANGE: Statement = {
  name: 'host-change',
  text: 'UPDATE host SET state = coalesce($3, state), labels = coalesce($4::jsonb, labels) WHERE fleet = $1 AND name = $2',
};

// Agreed to the machine that the facts are of, the host is as it was. Agreed to another, it waits for the facts of that one.
export const AGREE: Statement = {
  name: 'host-agree',
  text: `UPDATE host SET machine_id = $3, contender = CASE
  WHEN machine_id IS NULL OR contender = $3 AND machine_id = $3 THEN contender
  WHEN machine_id = $3 THEN NULL
  ELSE $3 END
WHERE fleet = $1 AND name = $2`,
};

export const CONTEND: Statement = {
  name: 'host-contend',
  text: 'UPDATE host SET contender = $3 WHERE fleet = $1 AND name = $2 AND contender IS NULL',
};

export const HAS_VMS: Statement = {
  name: 'host-has-vms',
  text: 'SELECT FROM vm WHERE fleet = $1 AND host = $2 LIMIT 1',
};

export const REMOVE: Statement = {
  name: 'host-remove',
  text: `WITH gone AS (DELETE FROM host WHERE fleet = $1 AND name = $2 RETURNING revision)
INSERT INTO removed_name (fleet, kind, name, revision) SELECT $1, 'host', $2, revision FROM gone
ON CONFLICT (fleet, kind, name) DO UPDATE SET revision = excluded.revision, removed_at = now()`,
};

const HEARD = (from: string): string =>
  `INSERT INTO host_liveness (fleet, host, boot_id, digest, beat_at) SELECT $1, $2, $3, $4, clock_timestamp() ${from}
  ON CONFLICT (fleet, host) DO UPDATE SET boot_id = excluded.boot_id, digest = excluded.digest, beat_at = excluded.beat_at`;

// What was never said agrees.
const AGREES = (bootId: string, digest: string): string =>
  `(coalesce(h.boot_id = ${bootId}, true) AND coalesce(h.digest = ${digest}, true))`;

// The short way, for a host that is as it was. A boot that nobody has told of, and what makes the facts wrong or right again,
// takes the long way, where it can be told of.
export const BEAT: Statement = {
  name: 'host-beat',
  text: `WITH h AS (SELECT digest, boot_id FROM host WHERE fleet = $1 AND name = $2),
heard AS (
  ${HEARD(`FROM h LEFT JOIN host_liveness l ON l.fleet = $1 AND l.host = $2
    WHERE (h.boot_id = $3 OR l.boot_id = $3) AND ${AGREES('l.boot_id', 'l.digest')} = ${AGREES('$3', '$4')}`)}
  RETURNING 1)
SELECT digest, boot_id, EXISTS (SELECT FROM heard) AS noted FROM h`,
};

export const HEAR: Statement = { name: 'host-hear', text: HEARD('') };
