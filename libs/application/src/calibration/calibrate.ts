import { usedCatalogue } from '../catalogue/used-catalogue.js';
import type { MigrationRecord } from '../migrations/migration.js';
import type { Tx } from '../ports/unit-of-work.js';
import { compareOutcome } from './compare-outcome.js';
import type { Comparison } from './comparison.js';

/** What was noted of an ended migration, and what had been noted of it before. */
export interface Calibrated {
  readonly comparison: Comparison;
  readonly was: Comparison | undefined;
}

/** Compares a migration that has just ended, or of whose end more has become known, in the transaction that made it so. */
export async function calibrate(
  tx: Tx,
  fleet: string,
  migration: MigrationRecord,
): Promise<{ readonly migration: MigrationRecord; readonly calibrated: Calibrated | undefined }> {
  const { id, policy, pins, comparison: was } = migration;
  const { rulebook, generation } = pins;
  const { needs } = await tx.documents.manifest(fleet, pins.manifest);
  const { catalogue } = await usedCatalogue(tx.documents, fleet, pins.catalogue);
  const comparison = compareOutcome(migration, { needs, catalogue, generation });
  if (comparison === undefined) return { migration, calibrated: undefined };
  await tx.calibration.note(fleet, { migration: id, rulebook, generation, policy, comparison });
  return { migration: { ...migration, comparison }, calibrated: { comparison, was } };
}
