import type { Comparison, ComparisonClass, Outside } from '@berth/application';
import type { Phase } from '@berth/engine';
import type { Statement } from '../database/link.js';
import { orUndefined } from '../database/or-undefined.js';

export interface ComparisonRow {
  readonly migration: string;
  readonly class: string;
  readonly outcome: string;
  readonly outside: string | null;
  readonly phase: string | null;
  readonly errno: string | null;
  readonly slot: string | null;
  readonly reason: string | null;
  readonly warned: readonly string[];
  readonly foretold: readonly string[];
  readonly false_yes: readonly string[];
  readonly false_no: readonly string[];
}

// When it ended stays: what comes later says more of the same end.
export const NOTE: Statement = {
  name: 'comparison-note',
  text: `INSERT INTO migration_comparison (fleet, migration, rulebook, generation, policy, class, outcome, outside, phase, errno, slot, reason,
  warned, foretold, false_yes, false_no)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
ON CONFLICT (fleet, migration) DO UPDATE SET class = excluded.class, outside = excluded.outside, phase = excluded.phase,
  errno = excluded.errno, slot = excluded.slot, reason = excluded.reason, foretold = excluded.foretold, false_yes = excluded.false_yes`,
};

export const COMPARISONS: Statement = {
  name: 'comparison-of-migrations',
  text: `SELECT migration, class, outcome, outside, phase, errno, slot, reason, warned, foretold, false_yes, false_no
FROM migration_comparison WHERE fleet = $1 AND migration = ANY ($2::uuid[])`,
};

export const comparisonOf = (row: ComparisonRow): Comparison => ({
  class: row.class as ComparisonClass,
  outcome: row.outcome as Comparison['outcome'],
  failure: {
    phase: orUndefined(row.phase) as Phase | undefined,
    errno: orUndefined(row.errno),
    slot: row.slot === null ? undefined : Number(row.slot),
    reason: orUndefined(row.reason),
  },
  outside: orUndefined(row.outside) as Outside | undefined,
  warned: row.warned,
  foretold: row.foretold,
  falseYes: row.false_yes,
  falseNo: row.false_no,
});
