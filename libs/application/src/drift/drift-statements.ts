import type { HostState, Outcome } from '@berth/engine';
import type { DriftKind, DriftRef } from './drift-job.js';

/** What stood before a change. */
export interface Before {
  /** Of the fingerprint or the manifest; undefined where there was none. */
  readonly digest: string | undefined;
  /** Of a host: how it stood as a target. */
  readonly state?: HostState | undefined;
  readonly fresh?: boolean | undefined;
  /** Of a VM: where it ran. */
  readonly host?: string | undefined;
}

export interface DriftChange {
  readonly kind: DriftKind;
  readonly name: string;
  readonly before: Before;
}

/** In this order: what is about to move, what was answered, and who is left without a place to go. */
export type DriftStep = 'answers' | 'targets';

export interface DriftProgress {
  readonly step: DriftStep;
  /** The key of what was looked at last in this step; '' at its beginning. */
  readonly after: string;
}

export interface DriftStatements {
  /**
   * Notes that it changed; answers the turn. Where a change before it has not been looked at to the end, that begins anew, from
   * what stood before the first of the two.
   */
  note(fleet: string, change: DriftChange): Promise<number>;
  /** True when something else than this had been told of the answer last. */
  tell(fleet: string, preflight: string, outcome: Outcome | undefined): Promise<boolean>;
  /** One compare-and-set: false when another has done this part, or something changed again. */
  move(ref: DriftRef, to: DriftProgress): Promise<boolean>;
  /** The same, for the last part. */
  end(ref: DriftRef): Promise<boolean>;
}
