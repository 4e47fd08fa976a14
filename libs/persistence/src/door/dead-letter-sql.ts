import type { Statement } from '../database/link.js';

/** Nobody reads so many, and whoever can write to a queue could fill the disk. */
const MOST_OF_A_QUEUE = 10_000;

const COLUMNS = 'id, queue, job, sent_at, payload, reason, died_at, redrives, redriven_at';

// $1 claimed fleet, $2 claimed key, $3 the fleet for all others
export const BURY: Statement = {
  name: 'dead-letter-bury',
  text: `WITH owner AS (
  SELECT coalesce((SELECT fleet FROM api_key WHERE id = $2), (SELECT name FROM fleet WHERE name = $1), $3) AS fleet),
room AS (
  SELECT fleet FROM owner o
  WHERE (SELECT count(*) FROM (SELECT FROM dead_letter d WHERE d.fleet = o.fleet AND d.queue = $5 LIMIT ${MOST_OF_A_QUEUE}) AS lying) < ${MOST_OF_A_QUEUE}),
kept AS (
  INSERT INTO dead_letter (fleet, id, queue, job, sent_at, payload, reason) SELECT fleet, $4, $5, $6, $7, $8, $9 FROM room
  ON CONFLICT DO NOTHING)
SELECT FROM room`,
};

export const PAGE: Statement = {
  name: 'dead-letter-page',
  text: `SELECT ${COLUMNS} FROM dead_letter
WHERE fleet = $1 AND ($2::text IS NULL OR queue = $2) AND ($3::uuid IS NULL OR id < $3) ORDER BY id DESC LIMIT $4`,
};

export const REDRIVEN: Statement = {
  name: 'dead-letter-redriven',
  text: 'SELECT payload, redriven_by FROM dead_letter WHERE fleet = $1 AND id = $2 AND redriven_at IS NOT NULL',
};

export const SETTLE: Statement = {
  name: 'dead-letter-settle',
  text: 'DELETE FROM dead_letter WHERE fleet = $1 AND id = $2',
};

export const REBURY: Statement = {
  name: 'dead-letter-rebury',
  text: 'UPDATE dead_letter SET reason = $3, died_at = clock_timestamp(), redriven_at = NULL, redriven_by = NULL WHERE fleet = $1 AND id = $2',
};

export const PURGE: Statement = {
  name: 'dead-letter-purge',
  text: `DELETE FROM dead_letter WHERE died_at < now() - interval '7 days'`,
};

// In the order of their ids, so that two who redrive the same wait for each other and not for ever.
const REDRIVE = (which: string): string => `WITH wanted AS (
  SELECT id FROM dead_letter WHERE fleet = $1 AND ${which} ORDER BY id LIMIT $4 FOR NO KEY UPDATE),
marked AS (
  UPDATE dead_letter d SET redrives = redrives + 1, redriven_at = clock_timestamp(), redriven_by = $3
  FROM wanted WHERE d.fleet = $1 AND d.id = wanted.id RETURNING d.id, d.queue, d.redrives)
SELECT * FROM marked ORDER BY id`;
export const REDRIVE_THESE: Statement = {
  name: 'dead-letter-redrive-these',
  text: REDRIVE('id = ANY ($2::uuid[])'),
};
export const REDRIVE_QUEUE: Statement = {
  name: 'dead-letter-redrive-queue',
  text: REDRIVE('queue = $2 AND redriven_at IS NULL'),
};
