import type {
  CalibrationRead,
  CalibrationStore,
  CalibrationWindow,
  CheckMentions,
  ComparisonClass,
  EndedGroup,
  Mention,
  Outside,
  RelocationHint,
} from '@berth/application';
import type { GenerationId } from '@berth/engine';
import type { Link, Statement } from '../database/link.js';
import { orUndefined } from '../database/or-undefined.js';

const EXAMPLES = 5;
const RELOCATIONS = 20;

const WINDOW = `fleet = $1 AND rulebook = $2 AND ended_at >= coalesce($3::timestamptz, '-infinity')`;

// One statement, so that the counts and the mentions are of the same migrations.
const READ: Statement = {
  name: 'calibration-read',
  text: `WITH ended AS (
  SELECT migration, generation, outcome, class, outside, warned, foretold, false_yes, false_no, ended_at FROM migration_comparison WHERE ${WINDOW}
), mentioned AS (
  SELECT m.check_id, m.how, e.outcome, e.migration, e.ended_at FROM ended e CROSS JOIN LATERAL (
    SELECT unnest(false_yes), 'false-yes' UNION ALL SELECT unnest(false_no), 'false-no'
    UNION ALL SELECT unnest(foretold), 'foretold' UNION ALL SELECT unnest(warned), 'warned') AS m (check_id, how)
), groups AS (
  SELECT generation, outcome, class, outside, count(*)::integer AS count FROM ended GROUP BY 1, 2, 3, 4
), mentions AS (
  SELECT check_id AS check, how AS as, count(*)::integer AS count, (count(*) FILTER (WHERE outcome = 'landed'))::integer AS landed,
    (array_agg(migration::text ORDER BY ended_at DESC, migration DESC))[1:${EXAMPLES}] AS examples
  FROM mentioned GROUP BY 1, 2 ORDER BY 1, 2
), relocations AS (
  SELECT vm, host, preflight, reason, at FROM relocation_hint
  WHERE fleet = $1 AND at >= coalesce($3::timestamptz, '-infinity') ORDER BY at DESC LIMIT ${RELOCATIONS}
), rulebooks AS (
  SELECT rulebook, count(*)::integer AS ended FROM migration_comparison
  WHERE fleet = $1 AND ended_at >= coalesce($3::timestamptz, '-infinity') GROUP BY rulebook ORDER BY max(ended_at) DESC
)
SELECT statement_timestamp() AS now,
  (SELECT coalesce(json_agg(g), '[]') FROM groups g) AS groups,
  (SELECT coalesce(json_agg(m), '[]') FROM mentions m) AS mentions,
  (SELECT coalesce(json_agg(r ORDER BY r.at DESC), '[]') FROM relocations r) AS relocations,
  (SELECT coalesce(json_agg(b), '[]') FROM rulebooks b) AS rulebooks`,
};

interface Row {
  readonly now: Date;
  readonly groups: readonly GroupRow[];
  readonly mentions: readonly (Omit<CheckMentions, 'as'> & { readonly as: string })[];
  readonly relocations: readonly (Omit<RelocationHint, 'at'> & { readonly at: string })[];
  readonly rulebooks: CalibrationRead['rulebooks'];
}

interface GroupRow {
  readonly generation: string | null;
  readonly outcome: string;
  readonly class: string;
  readonly outside: string | null;
  readonly count: number;
}

export class PgCalibrationStore implements CalibrationStore {
  constructor(private readonly link: Link) {}

  async read(fleet: string, { rulebook, since }: CalibrationWindow): Promise<CalibrationRead> {
    const row = await this.link.row<Row>(READ, [fleet, rulebook, since ?? null]);
    if (row === undefined) throw new Error('a calibration without a row');
    const { now, groups, mentions, relocations, rulebooks } = row;
    return {
      now,
      groups: groups.map(endedGroup),
      mentions: mentions.map((mention) => ({ ...mention, as: mention.as as Mention })),
      relocations: relocations.map(({ at, ...hint }) => ({ ...hint, at: new Date(at) })),
      rulebooks,
    };
  }
}

const endedGroup = ({ generation, outcome, class: kind, outside, count }: GroupRow): EndedGroup => ({
  generation: generation as GenerationId | null,
  outcome: outcome as EndedGroup['outcome'],
  class: kind as ComparisonClass,
  outside: orUndefined(outside) as Outside | undefined,
  count,
});
