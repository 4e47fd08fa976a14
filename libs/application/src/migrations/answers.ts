import type { Phase, Side } from '@berth/engine';
import type { Calibrated } from '../calibration/calibrate.js';
import type { IdempotencyKey } from '../idempotency/idempotency-statements.js';
import type { StoredVerdict } from '../preflights/stored-verdict.js';
import type { MigrationPolicy, MigrationRecord, ReportOutcome } from './migration.js';
import type { MigrationState } from './transitions.js';

export interface MigrationRequest {
  readonly vm: string;
  readonly target: string;
  /** `strict` when left out. */
  readonly policy?: MigrationPolicy | undefined;
  /** The revisions that the asker has in mind. */
  readonly expect?:
    | { readonly vmRevision?: number | undefined; readonly hostRevision?: number | undefined }
    | undefined;
}

/** An answer that is to be kept under a key: as it is printed, since the same key gets the same bytes. */
export interface KeptAnswer extends IdempotencyKey {
  readonly print: (migration: MigrationRecord) => string;
}

export type MigrationOpened =
  | { readonly kind: 'opened'; readonly migration: MigrationRecord }
  /** The same request was answered before, with these bytes. */
  | { readonly kind: 'replayed'; readonly status: number; readonly body: string }
  | { readonly kind: 'key-reused' }
  | { readonly kind: 'vm-unknown'; readonly vm: string }
  | { readonly kind: 'target-unknown'; readonly target: string }
  | { readonly kind: 'vm-without-host'; readonly vm: string }
  | { readonly kind: 'revision-conflict'; readonly vmRevision: number; readonly hostRevision: number }
  | MigrationOpen
  | NotCompatible;

/** The VM has an open migration already. */
export interface MigrationOpen {
  readonly kind: 'migration-open';
  readonly id: string;
}

export interface NotCompatible {
  readonly kind: 'not-compatible';
  readonly verdict: StoredVerdict;
}

export interface MigrationUnknown {
  readonly kind: 'migration-unknown';
}

/** What the target says of itself now. */
export interface TargetWord {
  readonly digest?: string | undefined;
  readonly bootId?: string | undefined;
  /** The ticket that it was given. */
  readonly ticket?: string | undefined;
}

export interface ReportRequest {
  readonly side: Side;
  readonly outcome: ReportOutcome;
  readonly phase?: Phase | undefined;
  readonly errno?: string | undefined;
  readonly slot?: number | undefined;
  readonly raw?: string | undefined;
}

export interface MigrationDone {
  readonly kind: 'done';
  readonly migration: MigrationRecord;
}

/** Why a transition is not made. */
export type MigrationRefusal =
  | MigrationUnknown
  /** The agent speaks for another host than the one that is asked. */
  | { readonly kind: 'host-forbidden' }
  /** The same was done before, by another caller. */
  | { readonly kind: 'other-caller' }
  | { readonly kind: 'ticket-foreign' }
  /** The target is not what is registered of it: it has to register first. */
  | { readonly kind: 'facts-moved'; readonly fact: 'digest' | 'bootId'; readonly registered: string }
  | { readonly kind: 'not-verified' }
  | { readonly kind: 'in-flight'; readonly state: MigrationState }
  | { readonly kind: 'not-in-flight'; readonly state: MigrationState }
  | { readonly kind: 'ended'; readonly state: MigrationState; readonly why: string }
  | { readonly kind: 'report-conflict'; readonly state: MigrationState }
  | NotCompatible;

export type MigrationAnswer = MigrationDone | MigrationRefusal;

/** What became of a report's raw text: `unknown` where nobody knows the words, which is worth counting. */
export type RawTextHeard = 'known' | 'unknown';

export type ReportAnswer = (MigrationDone | MigrationRefusal) & {
  readonly heard?: RawTextHeard | undefined;
  /** There when this report ended the migration, or said more of its end. */
  readonly calibrated?: Calibrated | undefined;
};
