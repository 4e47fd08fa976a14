import type { Phase } from '@berth/engine';

/**
 * What a migration that was tried says of the prediction under which it was. `confirmed`: it landed, and nothing spoke against it.
 * `false-yes`: it failed in a way that Berth is there to foresee. `foretold`: it failed as a warning had said. `outside`: it failed
 * for what no check is about. `false-no`: it landed, and `strict` would have refused it.
 */
export const COMPARISON_CLASSES = ['confirmed', 'false-yes', 'foretold', 'outside', 'false-no'] as const;
export type ComparisonClass = (typeof COMPARISON_CLASSES)[number];

/** What lies outside: the link between the hosts, somebody who called it off, or words that nobody here knows. */
export const OUTSIDE = ['network', 'cancelled', 'unknown'] as const;
export type Outside = (typeof OUTSIDE)[number];

/** In the place of a check, for a failure that none of them could have given. */
export const NO_CHECK = 'none';

/** Where and how it failed, as far as it was told. Nothing of it for a migration that landed. */
export interface ActualFailure {
  readonly phase?: Phase | undefined;
  readonly errno?: string | undefined;
  readonly slot?: number | undefined;
  readonly reason?: string | undefined;
}

/** One ended migration beside what was predicted of it. */
export interface Comparison {
  readonly class: ComparisonClass;
  readonly outcome: 'landed' | 'aborted';
  readonly failure: ActualFailure;
  /** There for `outside` only. */
  readonly outside?: Outside | undefined;
  /** Ids of the checks that spoke in the prediction without refusing. */
  readonly warned: readonly string[];
  /** Of those the ones that the failure fits. */
  readonly foretold: readonly string[];
  /** The checks that could have given the failure and did not, or `NO_CHECK`. Several may claim one failure. */
  readonly falseYes: readonly string[];
  /** The checks for which `strict` would have refused what landed. */
  readonly falseNo: readonly string[];
}
