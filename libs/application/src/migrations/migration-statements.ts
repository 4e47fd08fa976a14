import type { PreflightSnapshot } from '../ports/preflight-store.js';
import type { StoredVerdict } from '../preflights/stored-verdict.js';
import type {
  MigrationNames,
  MigrationPolicy,
  MigrationRecord,
  MigrationReport,
  MigrationStep,
  Pins,
  Prediction,
} from './migration.js';
import type { MigrationState } from './transitions.js';

/** Everything an evaluation inside a transaction rests on, read after the locks. `now` is when it was read. */
export interface MigrationSnapshot extends PreflightSnapshot {
  readonly runId: string | undefined;
  /** The target's boot, as its fingerprint named it. */
  readonly bootId: string | undefined;
}

/** A migration, locked until the transaction ends; what the database's clock says of it. */
export interface LockedMigration extends MigrationRecord {
  readonly expired: boolean;
  /** Past its deadline. */
  readonly overdue: boolean;
}

/** A ticket with what it pins and what was expected when it was issued. */
export interface IssuedTicket {
  readonly pins: Pins;
  readonly prediction: Prediction;
  readonly ticket: string;
  readonly ticketDigest: string;
  readonly expiresAt: Date;
}

export interface NewMigration extends MigrationNames, IssuedTicket {
  readonly id: string;
  readonly policy: MigrationPolicy;
}

/** A condition on the database's clock, decided in the statement that moves. */
export type Moment = 'before-expiry' | 'after-expiry' | 'after-deadline' | 'any';

/** One compare-and-set. */
export interface Move {
  readonly from: MigrationState;
  readonly to: MigrationState;
  readonly moment: Moment;
  /** From now on a report is expected within so many milliseconds. */
  readonly deadlineMilliseconds?: number | undefined;
  readonly refusal?: StoredVerdict | undefined;
}

export interface OpenRef {
  readonly id: string;
  readonly state: MigrationState;
  /** By the database's clock; nobody has written it down yet. */
  readonly expired: boolean;
}

export interface MigrationStatements {
  /** Without a lock. */
  names(fleet: string, id: string): Promise<MigrationNames | undefined>;
  /** Keeps the hosts, and what their heartbeats said, as they are until the transaction ends. In order of their names. */
  holdHosts(fleet: string, hosts: readonly string[]): Promise<void>;
  lock(fleet: string, id: string): Promise<LockedMigration | undefined>;
  /** The VM's open migration, if it has one. */
  openOf(fleet: string, vm: string): Promise<OpenRef | undefined>;
  /** Does an open migration name this host? */
  isNamed(fleet: string, host: string): Promise<boolean>;
  snapshot(fleet: string, vm: string, target: string): Promise<MigrationSnapshot>;
  /** Admitted. False when the VM has an open migration. */
  insert(fleet: string, migration: NewMigration): Promise<boolean>;
  /** False when it was not in that state, or the moment was another. */
  move(fleet: string, id: string, move: Move): Promise<boolean>;
  /** Another ticket in the place of the one before. */
  reissue(fleet: string, id: string, issued: IssuedTicket): Promise<void>;
  addStep(fleet: string, id: string, step: Omit<MigrationStep, 'at'>): Promise<void>;
  addReport(fleet: string, id: string, report: Omit<MigrationReport, 'at'>): Promise<void>;
}
