import type { Freshness, HostState, Outcome, Phase, Policy } from '@berth/engine';
import type { DriftKind, DriftRef } from './drift-job.js';
import type { Before, DriftProgress } from './drift-statements.js';

/** A part that somebody is about to do. */
export interface OpenDrift extends DriftProgress {
  readonly before: Before;
}

/** A question whose answer still holds, and what was told of it last; undefined: that it cannot be asked any more. */
export interface HeldAnswer {
  readonly id: string;
  readonly vm: string;
  readonly target: string;
  readonly policy: Policy | undefined;
  readonly phases: readonly Phase[] | undefined;
  readonly told: Outcome | undefined;
}

export interface PlacedVm {
  readonly name: string;
  readonly digest: string;
  readonly host: string | undefined;
}

export interface StandingHost {
  readonly name: string;
  readonly digest: string;
  readonly state: HostState;
  readonly freshness: Freshness;
}

export interface DriftStore {
  /** Undefined when that part is done, or something changed again since. Many may begin it at once. */
  begin(ref: DriftRef): Promise<OpenDrift | undefined>;
  /** Answers that still hold and rest on this host, on either side, or on this VM; in order of their ids. */
  answers(fleet: string, kind: DriftKind, name: string, after: string, limit: number): Promise<readonly HeldAnswer[]>;
  /** In order of their names; those on one host alone where it is named. */
  vms(fleet: string, on: string | undefined, after: string, limit: number): Promise<readonly PlacedVm[]>;
  vm(fleet: string, name: string): Promise<PlacedVm | undefined>;
  /** In order of their names. */
  hosts(fleet: string, after: string, limit: number): Promise<readonly StandingHost[]>;
  hostsNamed(fleet: string, names: readonly string[]): Promise<readonly StandingHost[]>;
  /** Notes that the part failed; answers how often it has. 0 when it is that part no more. */
  fail(ref: DriftRef): Promise<number>;
  /** Parts that nobody has begun or finished for so long, and that failed less often; they count as begun from now on. */
  lost(ageMs: number, failures: number, limit: number): Promise<readonly DriftRef[]>;
}
