import type { Comparison, MigrationRecord } from '@berth/application';
import { COMPARISONS, type ComparisonRow, comparisonOf } from '../calibration/comparison-sql.js';
import type { Link } from '../database/link.js';
import {
  type MigrationRow,
  migrationRecord,
  migrationReport,
  migrationStep,
  type ReportRow,
  type StepRow,
} from './migration-rows.js';
import { REPORTS, STEPS } from './migration-sql.js';

/** The rows with what was written about each, in three more statements at most however many they are. */
export async function withHistory(
  link: Link,
  fleet: string,
  rows: readonly MigrationRow[],
): Promise<readonly MigrationRecord[]> {
  const ids = rows.map((row) => row.id);
  if (ids.length === 0) return [];
  const steps = byMigration(await link.rows<StepRow>(STEPS, [fleet, ids]));
  const reports = byMigration(await link.rows<ReportRow>(REPORTS, [fleet, ids]));
  const comparisons = await comparisonsOf(link, fleet, rows);
  return rows.map((row) =>
    migrationRecord(
      row,
      (steps.get(row.id) ?? []).map(migrationStep),
      (reports.get(row.id) ?? []).map(migrationReport),
      comparisons.get(row.id),
    ),
  );
}

const TRIED: ReadonlySet<string> = new Set(['landed', 'aborted']);

async function comparisonsOf(
  link: Link,
  fleet: string,
  rows: readonly MigrationRow[],
): Promise<ReadonlyMap<string, Comparison>> {
  const tried = rows.filter(({ state }) => TRIED.has(state)).map(({ id }) => id);
  if (tried.length === 0) return new Map();
  const found = await link.rows<ComparisonRow>(COMPARISONS, [fleet, tried]);
  return new Map(found.map((row) => [row.migration, comparisonOf(row)]));
}

function byMigration<T extends { readonly migration: string }>(rows: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.migration);
    if (group === undefined) groups.set(row.migration, [row]);
    else group.push(row);
  }
  return groups;
}
