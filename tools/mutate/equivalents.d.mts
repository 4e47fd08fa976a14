import type { Mutant } from './mutants.mjs';

export interface Equivalent {
  readonly file: string;
  readonly in: string;
  readonly was: string;
  readonly becomes: string;
  readonly why: string;
}

export class Equivalents {
  constructor(entries: readonly Equivalent[]);
  static read(file?: string): Equivalents;
  has(mutant: Mutant): boolean;
  stale(mutants: readonly Mutant[], only: string): readonly Equivalent[];
}
