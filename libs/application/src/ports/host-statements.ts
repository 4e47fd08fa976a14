import type { HostState } from '@berth/engine';
import type { FingerprintSubmission } from '../submission.js';

/** A host's row, locked until the transaction ends. */
export interface LockedHost {
  readonly revision: number;
  readonly digest: string;
  readonly state: HostState;
  readonly labels: ReadonlyMap<string, string>;
  readonly machineId: string | undefined;
  readonly collectedAt: Date;
}

/** Where an observation stands in time: against the server's clock, and against the newest one that is stored. */
export interface Observation {
  readonly serverTime: Date;
  /** Too far ahead of the server to be believed. */
  readonly ahead: boolean;
  readonly stored?: { readonly host: LockedHost; readonly versus: 'older' | 'equal' | 'newer' };
}

export interface HostChange {
  readonly state?: HostState;
  readonly labels?: ReadonlyMap<string, string>;
  readonly machineId?: string;
}

export interface HostStatements {
  lock(fleet: string, host: string): Promise<LockedHost | undefined>;
  /** Locks the host, if there is one, and places an observation in time. */
  observe(fleet: string, host: string, collectedAt: string): Promise<Observation>;
  /** The first revision; undefined when another transaction made the host first. */
  insert(fleet: string, host: string, submission: FingerprintSubmission): Promise<number | undefined>;
  /** The new revision. `revision` is the one that was locked; any other is a broken lock and throws. */
  advance(fleet: string, host: string, revision: number, submission: FingerprintSubmission): Promise<number>;
  renew(fleet: string, host: string, submission: FingerprintSubmission): Promise<void>;
  change(fleet: string, host: string, change: HostChange): Promise<void>;
  hasVms(fleet: string, host: string): Promise<boolean>;
  remove(fleet: string, host: string): Promise<void>;
}
