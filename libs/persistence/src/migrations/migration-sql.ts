import type { Statement } from '../database/link.js';

export const OPEN = `state IN ('admitted', 'verified', 'in-flight', 'unreported')`;
const WAITING = `state IN ('admitted', 'verified')`;

export const COLUMNS = `id, vm, source, target, state, policy, vm_revision, manifest_digest, run_id, target_revision, fingerprint_digest, boot_id,
  generation, rulebook, catalogue_digest, prediction, refusal, ticket, ticket_digests, expires_at, deadline_at, created_at`;

export const NAMES: Statement = {
  name: 'migration-names',
  text: 'SELECT vm, source, target FROM migration WHERE fleet = $1 AND id = $2',
};

// What is read here decides, so that it may not change before the commit. One row after the other by name, or two migrations
// between the same two hosts could wait for each other.
export const HOLD_HOSTS: Statement = {
  name: 'migration-hold-hosts',
  text: 'SELECT FROM host WHERE fleet = $1 AND name = ANY ($2::text[]) ORDER BY name FOR SHARE',
};
export const HOLD_BEATS: Statement = {
  name: 'migration-hold-beats',
  text: 'SELECT FROM host_liveness WHERE fleet = $1 AND host = ANY ($2::text[]) ORDER BY host FOR SHARE',
};

// The clock is asked after the lock is held: it may have been waited for.
export const LOCK: Statement = {
  name: 'migration-lock',
  text: `WITH m AS (SELECT ${COLUMNS} FROM migration WHERE fleet = $1 AND id = $2 FOR UPDATE)
SELECT m.*, ${WAITING} AND expires_at <= clock_timestamp() AS expired,
  state = 'in-flight' AND deadline_at <= clock_timestamp() AS overdue FROM m`,
};

export const OPEN_OF: Statement = {
  name: 'migration-open-of',
  text: `SELECT id, state, ${WAITING} AND expires_at <= clock_timestamp() AS expired FROM migration WHERE fleet = $1 AND vm = $2 AND ${OPEN}`,
};

export const IS_NAMED: Statement = {
  name: 'migration-is-named',
  text: `SELECT FROM migration WHERE fleet = $1 AND (source = $2 OR target = $2) AND ${OPEN} LIMIT 1`,
};

// The first deadline check needs none: it is admitted.
export const INSERT: Statement = {
  name: 'migration-insert',
  text: `INSERT INTO migration (fleet, id, vm, source, target, state, policy, vm_revision, manifest_digest, run_id, target_revision,
  fingerprint_digest, boot_id, generation, rulebook, catalogue_digest, prediction, ticket, ticket_digests, expires_at)
VALUES ($1, $2, $3, $4, $5, 'admitted', $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, ARRAY[$18], $19)
ON CONFLICT (fleet, vm) WHERE ${OPEN} DO NOTHING`,
};

// $5: the moment; $6: how many milliseconds from now a report is expected; $7: the verdict that revokes it.
export const MOVE: Statement = {
  name: 'migration-move',
  text: `UPDATE migration SET state = $4, refusal = $7,
  deadline_at = coalesce(clock_timestamp() + $6::double precision * interval '1 millisecond', deadline_at)
WHERE fleet = $1 AND id = $2 AND state = $3 AND CASE $5
  WHEN 'before-expiry' THEN expires_at > clock_timestamp()
  WHEN 'after-expiry' THEN expires_at <= clock_timestamp()
  WHEN 'after-deadline' THEN deadline_at <= clock_timestamp()
  ELSE true END`,
};

export const REISSUE: Statement = {
  name: 'migration-reissue',
  text: `UPDATE migration SET vm_revision = $3, manifest_digest = $4, run_id = $5, target_revision = $6, fingerprint_digest = $7, boot_id = $8,
  generation = $9, rulebook = $10, catalogue_digest = $11, prediction = $12, ticket = $13, ticket_digests = ticket_digests || $14::text, expires_at = $15
WHERE fleet = $1 AND id = $2`,
};

export const ADD_STEP: Statement = {
  name: 'migration-add-step',
  text: `INSERT INTO migration_step (fleet, migration, n, from_state, to_state, trigger, actor, why)
SELECT $1, $2, 1 + coalesce(max(n), 0), $3, $4, $5, $6, $7 FROM migration_step WHERE fleet = $1 AND migration = $2`,
};

export const ADD_REPORT: Statement = {
  name: 'migration-add-report',
  text: `INSERT INTO migration_report (fleet, migration, n, side, outcome, phase, errno, slot, reason, raw, accepted, actor)
SELECT $1, $2, 1 + coalesce(max(n), 0), $3, $4, $5, $6, $7, $8, $9, $10, $11 FROM migration_report WHERE fleet = $1 AND migration = $2`,
};

export const STEPS: Statement = {
  name: 'migration-steps',
  text: `SELECT migration, from_state, to_state, trigger, actor, why, at FROM migration_step
WHERE fleet = $1 AND migration = ANY ($2::uuid[]) ORDER BY migration, n`,
};

export const REPORTS: Statement = {
  name: 'migration-reports',
  text: `SELECT migration, side, outcome, phase, errno, slot, reason, raw, accepted, actor, at FROM migration_report
WHERE fleet = $1 AND migration = ANY ($2::uuid[]) ORDER BY migration, n`,
};

export const FIND: Statement = {
  name: 'migration-find',
  text: `SELECT ${COLUMNS} FROM migration WHERE fleet = $1 AND id = $2`,
};

export const OPEN_OF_VM: Statement = {
  name: 'migration-open-of-vm',
  text: `SELECT id FROM migration WHERE fleet = $1 AND vm = $2 AND ${OPEN} ORDER BY id`,
};

export const OPEN_OF_HOST: Statement = {
  name: 'migration-open-of-host',
  text: `SELECT id FROM migration WHERE fleet = $1 AND (source = $2 OR target = $2) AND ${OPEN} ORDER BY id`,
};

// Not clock_timestamp(), which changes within a statement, so that no index can be searched by it.
export const DUE: Statement = {
  name: 'migration-due',
  text: `(SELECT fleet, id, expires_at AS at FROM migration WHERE ${WAITING} AND expires_at <= statement_timestamp() ORDER BY expires_at LIMIT $1)
UNION ALL
(SELECT fleet, id, deadline_at AS at FROM migration WHERE state = 'in-flight' AND deadline_at <= statement_timestamp() ORDER BY deadline_at LIMIT $1)
ORDER BY at LIMIT $1`,
};
