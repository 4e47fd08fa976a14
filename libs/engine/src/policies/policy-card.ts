import type { Suppositions } from '../model/suppositions.js';
import type { Policy } from '../model/verdict.js';

export interface Hazard {
  readonly id: 'H2' | 'H6';
  readonly statement: string;
}

/** What a policy answers by, for the people who choose one. */
export interface PolicyCard {
  readonly id: Policy;
  readonly title: string;
  /** Who proposed it and where; `null` for what is not a proposal. */
  readonly proposedBy: string | null;
  readonly statement: string;
  /** No kernel has its rules: its answers compare designs, and never open a migration. */
  readonly hypothetical: boolean;
  /** What it goes by where the question does not say: nothing else than these is read of the question's `proposal`. */
  readonly assumes: Suppositions;
  /** What it puts in the place of the generation's own rule; `null` where that stands. */
  readonly admission: string | null;
  readonly fault: string | null;
  readonly errno: string | null;
  /** A memory type weaker than the VMA's, given in silence: `never` by its rules, `refused` by Berth, or a `warning`. */
  readonly silentDegradation: 'never' | 'refused' | 'warning';
  readonly hazards: readonly Hazard[];
}
