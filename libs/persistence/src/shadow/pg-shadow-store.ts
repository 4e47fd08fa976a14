import { createHash } from 'node:crypto';
import {
  type AnswerDifference,
  type DifferenceFilter,
  newId,
  type ShadowDifference,
  type ShadowRecord,
  type ShadowStore,
} from '@berth/application';
import { readShadowRules } from '@berth/contract';
import type { Link, Statement } from '../database/link.js';
import { parseObject } from '../documents/parts-of.js';
import { printDifference, readDifference } from './difference-text.js';

/** So many are kept; one that is met again after it was forgotten is the newest. */
const MOST_DIFFERENCES = 1_000;

const CURRENT: Statement = {
  name: 'shadow-current',
  text: 'SELECT revision, document, set_by, set_at FROM shadow WHERE fleet = $1 AND document IS NOT NULL',
};

// Who sets other rules waits until this is noted, and forgets it; who notes it afterwards finds another revision.
const NOTE: Statement = {
  name: 'shadow-note',
  text: `WITH standing AS (SELECT FROM shadow WHERE fleet = $1 AND revision = $2 AND document IS NOT NULL FOR SHARE)
INSERT INTO shadow_difference AS d (fleet, id, revision, digest, vm, host, outcome_differs, difference, last_subject)
SELECT $1, $3, $2, $4, $5, $6, $7, $8, $9 FROM standing
ON CONFLICT (fleet, digest) DO UPDATE SET times = d.times + 1, last_at = clock_timestamp(), last_subject = excluded.last_subject
RETURNING times = 1 AS new`,
};

const PURGE: Statement = {
  name: 'shadow-purge',
  text: `DELETE FROM shadow_difference WHERE fleet = $1 AND id <= (
  SELECT id FROM shadow_difference WHERE fleet = $1 ORDER BY id DESC OFFSET ${MOST_DIFFERENCES} LIMIT 1)`,
};

const PAGE: Statement = {
  name: 'shadow-page',
  text: `SELECT id, difference, times, first_at, last_at, last_subject FROM shadow_difference
WHERE fleet = $1 AND ($3::uuid IS NULL OR id < $3) AND ($4::text IS NULL OR vm = $4) AND ($5::text IS NULL OR host = $5)
  AND ($6::boolean IS NULL OR outcome_differs = $6)
ORDER BY id DESC LIMIT $2`,
};

const COUNT: Statement = {
  name: 'shadow-count',
  text: 'SELECT count(*)::integer AS count FROM shadow_difference WHERE fleet = $1',
};

interface ShadowRow {
  readonly revision: number;
  readonly document: string;
  readonly set_by: string;
  readonly set_at: Date;
}

interface DifferenceRow {
  readonly id: string;
  readonly difference: string;
  readonly times: string;
  readonly first_at: Date;
  readonly last_at: Date;
  readonly last_subject: string;
}

export class PgShadowStore implements ShadowStore {
  constructor(private readonly link: Link) {}

  async current(fleet: string): Promise<ShadowRecord | undefined> {
    const row = await this.link.row<ShadowRow>(CURRENT, [fleet]);
    if (row === undefined) return undefined;
    const document = parseObject(row.document);
    const { revision, set_by: setBy, set_at: setAt } = row;
    return { revision, document, rules: readShadowRules(document), setBy, setAt };
  }

  async note(fleet: string, revision: number, subject: string, difference: AnswerDifference): Promise<void> {
    const { vm, host, outcome } = difference;
    const text = printDifference(difference);
    const digest = createHash('sha256').update(text).digest('hex');
    const values = [newId(), digest, vm, host, outcome.enforced !== outcome.shadow, text, subject];
    const row = await this.link.row<{ new: boolean }>(NOTE, [fleet, revision, ...values]);
    if (row?.new === true) await this.link.touch(PURGE, [fleet]);
  }

  async page(
    fleet: string,
    { vm, host, outcomeDiffers }: DifferenceFilter,
    before: string | undefined,
    limit: number,
  ): Promise<readonly ShadowDifference[]> {
    const filter = [vm ?? null, host ?? null, outcomeDiffers ?? null];
    const rows = await this.link.rows<DifferenceRow>(PAGE, [fleet, limit, before ?? null, ...filter]);
    return rows.map(shadowDifference);
  }

  async count(fleet: string): Promise<number> {
    return (await this.link.row<{ count: number }>(COUNT, [fleet]))?.count ?? 0;
  }
}

const shadowDifference = (row: DifferenceRow): ShadowDifference => ({
  ...readDifference(row.difference),
  id: row.id,
  times: Number(row.times),
  firstAt: row.first_at,
  lastAt: row.last_at,
  lastSubject: row.last_subject,
});
