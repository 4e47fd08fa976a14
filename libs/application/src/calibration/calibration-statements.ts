import type { GenerationId } from '@berth/engine';
import type { MigrationPolicy } from '../migrations/migration.js';
import type { Comparison } from './comparison.js';

/** An ended migration with the rules under which it was predicted. */
export interface NotedComparison {
  readonly migration: string;
  readonly rulebook: string;
  readonly generation: GenerationId | null;
  readonly policy: MigrationPolicy;
  readonly comparison: Comparison;
}

/** The newest answer to a question, where it was a no. */
export interface Refusal {
  readonly preflight: string;
  readonly reason: string;
}

export interface CalibrationStatements {
  /** In the place of what was noted of the migration before: a later report may say more. */
  note(fleet: string, noted: NotedComparison): Promise<void>;
  /** What was last answered of these very documents, if it was a no by the rules of kernels. */
  refusal(
    fleet: string,
    vm: string,
    manifest: string,
    target: string,
    fingerprint: string,
  ): Promise<Refusal | undefined>;
  /** Somebody says that the VM runs where it was refused. Once for each answer. */
  noteRelocation(fleet: string, vm: string, host: string, refusal: Refusal): Promise<void>;
}
