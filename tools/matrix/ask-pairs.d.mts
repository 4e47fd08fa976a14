import type { Outcome, Phase, Policy, WouldFail } from '@berth/engine';

export interface Pair {
  readonly source: string;
  readonly target: string;
  readonly outcome: Outcome;
  readonly wouldFail: WouldFail | null;
  readonly rejected: readonly {
    readonly check: string;
    readonly phase: Phase;
    readonly reason: string;
    readonly message: string;
  }[];
  readonly missing: readonly string[];
}

/** Pairs that would fail there first, and pairs that would fail there at all. */
interface Counted {
  readonly first: number;
  readonly pairs: number;
}

export interface Matrix {
  readonly policy: Policy;
  readonly phases: readonly Phase[];
  readonly hosts: readonly {
    readonly name: string;
    readonly kernel: string;
    readonly cpu: string;
    readonly fwb: boolean;
  }[];
  readonly counts: Readonly<Record<Outcome, number>>;
  readonly reasons: readonly (Counted & {
    readonly reason: string;
    readonly phase: Phase;
    readonly checks: readonly (Counted & { readonly check: string })[];
  })[];
  readonly missing: readonly { readonly fact: string; readonly pairs: number }[];
  readonly pairs: readonly Pair[];
}

export function askPairs(asked?: { readonly policy?: Policy; readonly phases?: readonly Phase[] }): Matrix;
