import type { Finding, Outcome, Phase, Policy, Side, WouldFail } from '@berth/engine';
import type { Comparison } from '../calibration/comparison.js';
import type { Basis, StoredVerdict } from '../preflights/stored-verdict.js';
import type { MigrationState, Trigger } from './transitions.js';

/** By whose rules a migration may be opened: a proposal's answer is hypothetical and moves nothing. */
export const MIGRATION_POLICIES = ['strict', 'kernel'] as const satisfies readonly Policy[];
export type MigrationPolicy = (typeof MIGRATION_POLICIES)[number];

export const REPORT_OUTCOMES = ['landed', 'failed'] as const;
export type ReportOutcome = (typeof REPORT_OUTCOMES)[number];

/** What the newest ticket pins: when any of it is another, the ticket is no longer good. */
export interface Pins {
  readonly vmRevision: number;
  readonly manifest: string;
  /** The run of the VMM; undefined when the manifest did not name one. */
  readonly runId: string | undefined;
  readonly hostRevision: number;
  readonly fingerprint: string;
  /** The target's boot; undefined when its fingerprint did not name one. */
  readonly bootId: string | undefined;
  readonly generation: Basis['generation'];
  readonly rulebook: string;
  /** Of the rows that operators had added to the catalogue; undefined where none were. */
  readonly catalogue: string | undefined;
}

/** What was expected when the newest ticket was issued. */
export interface Prediction {
  readonly outcome: Outcome;
  readonly wouldFail: WouldFail | null;
  readonly findings: readonly Finding[];
  readonly evaluatedAt: Date;
}

/** One change of state, as it was made. */
export interface MigrationStep {
  /** Null for the first. */
  readonly from: MigrationState | null;
  readonly to: MigrationState;
  readonly trigger: Trigger;
  /** Who made it, see `actorOf`. */
  readonly by: string;
  readonly why: string;
  readonly at: Date;
}

/** What one side said became of the migration. */
export interface MigrationReport {
  readonly side: Side;
  readonly outcome: ReportOutcome;
  readonly phase: Phase | undefined;
  /** As errno.h has it. */
  readonly errno: string | undefined;
  readonly slot: number | undefined;
  /** The reason that the raw text stands for, where it is a known one. */
  readonly reason: string | undefined;
  /** As it was sent. */
  readonly raw: string | undefined;
  /** False for what came after the end and said otherwise. */
  readonly accepted: boolean;
  readonly by: string;
  readonly at: Date;
}

export interface MigrationRecord {
  readonly id: string;
  readonly vm: string;
  readonly source: string;
  readonly target: string;
  readonly state: MigrationState;
  readonly policy: MigrationPolicy;
  readonly pins: Pins;
  /** A compact JWS. */
  readonly ticket: string;
  /** SHA-256 of each ticket that was issued. */
  readonly ticketDigests: readonly string[];
  /** Until when it may be verified and started. */
  readonly expiresAt: Date;
  /** By when a report is expected, once it was started. */
  readonly deadlineAt: Date | undefined;
  readonly createdAt: Date;
  readonly prediction: Prediction;
  /** The verdict that revoked it, where one did. */
  readonly refusal: StoredVerdict | undefined;
  readonly steps: readonly MigrationStep[];
  readonly reports: readonly MigrationReport[];
  /** What became of the prediction, once it was tried and has ended. */
  readonly comparison?: Comparison | undefined;
}

/** The names in a migration, which never change. */
export interface MigrationNames {
  readonly vm: string;
  readonly source: string;
  readonly target: string;
}

/** What `GET /vms/{vm}` needs to know of the VM's open migration. */
export interface OpenMigration {
  readonly id: string;
  readonly state: MigrationState;
  readonly source: string;
  readonly target: string;
  /** The last word of each side that has spoken. */
  readonly said: Readonly<Partial<Record<Side, ReportOutcome>>>;
}
