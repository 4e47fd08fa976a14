import type { Statement } from '../database/link.js';
import { freshnessSql } from '../hosts/freshness-sql.js';

// $4 digest, $5 state, $6 freshness, $7 host, all before the change. What stood before the first of several changes stays.
export const NOTE: Statement = {
  name: 'drift-note',
  text: `INSERT INTO drift AS d (fleet, kind, name, before_digest, before_state, before_fresh, before_host) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (fleet, kind, name) DO UPDATE SET turn = nextval('drift_turn'), part = 0, step = 'answers', after = '', failures = 0, touched_at = clock_timestamp()
RETURNING turn`,
};

export const TELL: Statement = {
  name: 'drift-tell',
  text: `UPDATE preflight SET drifted_to = $3 WHERE fleet = $1 AND id = $2 AND coalesce(drifted_to, outcome) <> $3`,
};

const REF = 'fleet = $1 AND kind = $2 AND name = $3 AND turn = $4 AND part = $5';

export const BEGIN: Statement = {
  name: 'drift-begin',
  text: `UPDATE drift SET touched_at = clock_timestamp() WHERE ${REF} RETURNING step, after, before_digest, before_state, before_fresh, before_host`,
};

export const MOVE: Statement = {
  name: 'drift-move',
  text: `UPDATE drift SET part = part + 1, step = $6, after = $7, failures = 0, touched_at = clock_timestamp() WHERE ${REF}`,
};

export const END: Statement = { name: 'drift-end', text: `DELETE FROM drift WHERE ${REF}` };

export const FAIL: Statement = {
  name: 'drift-fail',
  text: `UPDATE drift SET failures = failures + 1 WHERE ${REF} RETURNING failures`,
};

export const LOST: Statement = {
  name: 'drift-lost',
  text: `WITH lost AS (
  SELECT fleet, kind, name FROM drift WHERE touched_at < now() - $1::double precision * interval '1 millisecond' AND failures < $3
  ORDER BY touched_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED)
UPDATE drift d SET touched_at = clock_timestamp() FROM lost WHERE d.fleet = lost.fleet AND d.kind = lost.kind AND d.name = lost.name
RETURNING d.fleet, d.kind, d.name, d.turn, d.part`,
};

// No answer holds for an hour: so the indexes by time of asking serve.
const HOLDS = `p.fleet = $1 AND p.evaluated_at > now() - interval '1 hour' AND p.valid_until > now() AND p.id > $3`;
const ANSWERS = (
  ids: string,
): string => `SELECT p.id, p.vm, p.target, p.policy, p.phases, coalesce(p.drifted_to, p.outcome) AS told
FROM (${ids}) AS found JOIN preflight p ON p.fleet = $1 AND p.id = found.id ORDER BY p.id LIMIT $4`;
const FIRST = (ids: string): string => `(${ids} ORDER BY p.id LIMIT $4)`;

export const ANSWERS_OF_VM: Statement = {
  name: 'drift-answers-of-vm',
  text: ANSWERS(FIRST(`SELECT p.id FROM preflight p WHERE ${HOLDS} AND p.vm = $2`)),
};

export const ANSWERS_OF_HOST: Statement = {
  name: 'drift-answers-of-host',
  text: ANSWERS(`${FIRST(`SELECT p.id FROM preflight p WHERE ${HOLDS} AND p.target = $2`)}
UNION ${FIRST(`SELECT p.id FROM vm v JOIN preflight p ON p.fleet = v.fleet AND p.vm = v.name WHERE v.fleet = $1 AND v.host = $2 AND ${HOLDS}`)}`),
};

export const VMS: Statement = {
  name: 'drift-vms',
  text: 'SELECT name, digest, host FROM vm WHERE fleet = $1 AND name > $2 ORDER BY name LIMIT $3',
};

export const VMS_ON: Statement = {
  name: 'drift-vms-on',
  text: 'SELECT name, digest, host FROM vm WHERE fleet = $1 AND host = $4 AND name > $2 ORDER BY name LIMIT $3',
};

export const VM: Statement = {
  name: 'drift-vm',
  text: 'SELECT name, digest, host FROM vm WHERE fleet = $1 AND name = $2',
};

const HOSTS_WHERE = (
  condition: string,
  ttl: string,
): string => `SELECT h.name, h.digest, h.state, ${freshnessSql(ttl)} AS freshness
FROM host h LEFT JOIN host_liveness l ON l.fleet = h.fleet AND l.host = h.name WHERE h.fleet = $1 AND ${condition}`;

export const HOSTS: Statement = {
  name: 'drift-hosts',
  text: `${HOSTS_WHERE('h.name > $2', '$4')} ORDER BY h.name LIMIT $3`,
};

export const HOSTS_NAMED: Statement = {
  name: 'drift-hosts-named',
  text: HOSTS_WHERE('h.name = ANY ($2::text[])', '$3'),
};
