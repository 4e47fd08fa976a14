import type { HostState } from '@berth/engine';
import type { FingerprintSubmission } from '../submission.js';

/** A host's row, locked until the transaction ends. */
export interface LockedHost {
  readonly revision: number;
  readonly digest: string;
  readonly state: HostState;
  readonly labels: ReadonlyMap<string, string>;
  readonly machineId: string | undefined;
  /** The boot that its facts are of, and the one that its last heartbeat was of. */
  readonly bootId: string | undefined;
  readonly heardBootId: string | undefined;
  /** Of the facts that its last heartbeat spoke of. */
  readonly heardDigest: string | undefined;
  /** Another machine that spoke under its name, or the one agreed to that has not spoken yet. */
  readonly contender: string | undefined;
  readonly collectedAt: Date;
}

/** What a host says of itself every few seconds. */
export interface HeartBeat {
  readonly bootId: string;
  readonly digest: string;
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
  /** Notes a heartbeat of the host that is locked. */
  hear(fleet: string, host: string, beat: HeartBeat): Promise<void>;
  /** Another machine claims the name; false when one had before. */
  contend(fleet: string, host: string, machineId: string): Promise<boolean>;
  hasVms(fleet: string, host: string): Promise<boolean>;
  remove(fleet: string, host: string): Promise<void>;
}
