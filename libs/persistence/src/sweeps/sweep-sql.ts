import type { Statement } from '../database/link.js';
import { freshnessSql } from '../hosts/freshness-sql.js';

export const INSERT: Statement = {
  name: 'sweep-insert',
  text: 'INSERT INTO sweep (fleet, id, policy, phases, total) VALUES ($1, $2, $3, $4::text[], $5)',
};

// $3 VMs, $4 their hosts, $5 targets; $6 and $7 the bands of VMs, $8 and $9 those of targets. A slice walks its array from
// the beginning, so each band is sliced once and not for every chunk.
export const INSERT_CHUNKS: Statement = {
  name: 'sweep-insert-chunks',
  text: `WITH rows AS MATERIALIZED (
  SELECT n, ($3::text[])[b.first + 1 : b.last] AS vms, ($4::text[])[b.first + 1 : b.last] AS vm_hosts
  FROM unnest($6::integer[], $7::integer[]) WITH ORDINALITY AS b (first, last, n)),
columns AS MATERIALIZED (
  SELECT n, ($5::text[])[b.first + 1 : b.last] AS targets FROM unnest($8::integer[], $9::integer[]) WITH ORDINALITY AS b (first, last, n))
INSERT INTO sweep_chunk (fleet, sweep, index, vms, vm_hosts, targets)
SELECT $1, $2, (r.n - 1) * cardinality($8::integer[]) + c.n - 1, r.vms, r.vm_hosts, c.targets FROM rows r CROSS JOIN columns c`,
};

export const CANCEL: Statement = {
  name: 'sweep-cancel',
  text: `WITH before AS (SELECT state FROM sweep WHERE fleet = $1 AND id = $2 FOR NO KEY UPDATE),
ended AS (
  UPDATE sweep SET state = 'cancelled', finished_at = now() FROM before
  WHERE fleet = $1 AND id = $2 AND before.state IN ('queued', 'running'))
SELECT state FROM before`,
};

export const FIND: Statement = { name: 'sweep-find', text: 'SELECT * FROM sweep WHERE fleet = $1 AND id = $2' };

const RESULTS = (outcome: string): string =>
  `SELECT vm, target, outcome, phase, reason, failure, errno, slot, mapping, source_outcome, vm_revision, host_revision, evaluated_at
FROM sweep_result WHERE fleet = $1 AND sweep = $2 AND (vm, target) > ($3, $4)${outcome} ORDER BY vm, target LIMIT $5`;
export const ALL_RESULTS: Statement = { name: 'sweep-results', text: RESULTS('') };
export const RESULTS_BY_OUTCOME: Statement = { name: 'sweep-results-by-outcome', text: RESULTS(' AND outcome = $6') };

export const BEGIN: Statement = {
  name: 'sweep-begin',
  text: `WITH begun AS (
  UPDATE sweep_chunk c SET started = c.started + 1, touched_at = now() FROM sweep s
  WHERE c.fleet = $1 AND c.sweep = $2 AND c.index = $3 AND c.state = 'open'
    AND s.fleet = c.fleet AND s.id = c.sweep AND s.finished_at IS NULL
  RETURNING c.vms, c.vm_hosts, c.targets, c.started, s.policy, s.phases),
running AS (
  UPDATE sweep SET state = 'running', started_at = now() WHERE fleet = $1 AND id = $2 AND state = 'queued' AND EXISTS (SELECT FROM begun))
SELECT begun.*, c.digest AS catalogue FROM begun LEFT JOIN catalogue c ON c.fleet = $1`,
};

export const VMS: Statement = {
  name: 'sweep-chunk-vms',
  text: 'SELECT name, revision, digest, host FROM vm WHERE fleet = $1 AND name = ANY ($2::text[])',
};

export const HOSTS: Statement = {
  name: 'sweep-chunk-hosts',
  text: `SELECT h.name, h.revision, h.digest, h.state, ${freshnessSql('$3')} AS freshness
FROM host h LEFT JOIN host_liveness l ON l.fleet = h.fleet AND l.host = h.name WHERE h.fleet = $1 AND h.name = ANY ($2::text[])`,
};

// The sweep's row is locked first: the chunks of one sweep end one after the other, and none ends after the sweep did.
// $4 to $15 are columns of results, $16 the pairs that are no more.
export const COMPLETE: Statement = {
  name: 'sweep-complete',
  text: `WITH alive AS (SELECT id FROM sweep WHERE fleet = $1 AND id = $2 AND finished_at IS NULL FOR NO KEY UPDATE),
flipped AS (
  UPDATE sweep_chunk SET state = 'done', done_at = now()
  WHERE fleet = $1 AND sweep = $2 AND index = $3 AND state = 'open' AND EXISTS (SELECT FROM alive) RETURNING index),
kept AS (
  INSERT INTO sweep_result (fleet, sweep, vm, target, outcome, phase, reason, failure, errno, slot, mapping, source_outcome, vm_revision, host_revision)
  SELECT $1, $2, r.* FROM unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
    $11::integer[], $12::integer[], $13::text[], $14::integer[], $15::integer[]) AS r WHERE EXISTS (SELECT FROM flipped)
  ON CONFLICT DO NOTHING RETURNING outcome),
sums AS (
  SELECT count(*)::integer AS pairs, count(*) FILTER (WHERE outcome = 'compatible')::integer AS compatible,
    count(*) FILTER (WHERE outcome = 'incompatible')::integer AS incompatible, count(*) FILTER (WHERE outcome = 'indeterminate')::integer AS indeterminate
  FROM kept)
UPDATE sweep s SET done = s.done + sums.pairs, total = s.total - $16, compatible = s.compatible + sums.compatible,
  incompatible = s.incompatible + sums.incompatible, indeterminate = s.indeterminate + sums.indeterminate,
  state = CASE WHEN s.done + sums.pairs = s.total - $16 THEN 'succeeded' ELSE 'running' END,
  finished_at = CASE WHEN s.done + sums.pairs = s.total - $16 THEN now() END,
  started_at = coalesce(s.started_at, now())
FROM sums WHERE s.fleet = $1 AND s.id = $2 AND EXISTS (SELECT FROM flipped)`,
};

export const FAIL: Statement = {
  name: 'sweep-fail',
  text: `WITH failed AS (
  UPDATE sweep_chunk SET failures = failures + 1, touched_at = now()
  WHERE fleet = $1 AND sweep = $2 AND index = $3 AND state = 'open' RETURNING failures)
UPDATE sweep SET state = 'failed', failure = $4, finished_at = now()
WHERE fleet = $1 AND id = $2 AND finished_at IS NULL AND EXISTS (SELECT FROM failed WHERE failures >= $5)`,
};

export const LOST: Statement = {
  name: 'sweep-lost',
  text: `WITH lost AS (
  SELECT c.fleet, c.sweep, c.index FROM sweep s JOIN sweep_chunk c ON c.fleet = s.fleet AND c.sweep = s.id
  WHERE s.finished_at IS NULL AND c.state = 'open' AND c.touched_at < now() - $1::double precision * interval '1 millisecond'
  ORDER BY c.touched_at LIMIT $2 FOR NO KEY UPDATE OF c SKIP LOCKED)
UPDATE sweep_chunk c SET touched_at = now() FROM lost WHERE c.fleet = lost.fleet AND c.sweep = lost.sweep AND c.index = lost.index
RETURNING c.fleet, c.sweep, c.index AS chunk`,
};
