import type { Catalogue, Policy } from '@berth/engine';
import type { JsonObject } from '../json.js';

/** What is done to a check: it is not asked, it never refuses, or what it says always counts. */
export const OVERRULES = ['off', 'warn', 'reject'] as const;
export type Overrule = (typeof OVERRULES)[number];

/** Other rules than those that count. */
export interface ShadowRules {
  /** That of each question when left out. */
  readonly policy?: Policy | undefined;
  /** By the id of the check. */
  readonly checks: ReadonlyMap<string, Overrule>;
  /** What is known of drivers, in place of what the fleet has added. */
  readonly catalogue?: Catalogue | undefined;
}

/** Rules that an operator sets, parsed at the door. */
export interface ShadowSubmission {
  readonly digest: string;
  readonly document: JsonObject;
  readonly rules: ShadowRules;
}

export interface ShadowRecord {
  /** Of all that were ever set in this fleet the how many-th. */
  readonly revision: number;
  readonly document: JsonObject;
  readonly rules: ShadowRules;
  /** `keys/{id}` */
  readonly setBy: string;
  readonly setAt: Date;
}
