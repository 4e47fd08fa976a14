/** What the process says to scripts; the same for every command. */
export const EXIT = {
  compatible: 0,
  ok: 0,
  error: 1,
  incompatible: 3,
  refused: 3,
  indeterminate: 4,
  interrupted: 130,
} as const;

export const EXIT_HELP = `
Exit codes: 0 compatible (or done), 3 incompatible (or refused), 4 indeterminate, 1 error, 130 interrupted.`;

/** The exit code of one verdict; an outcome this program does not know is an error, never a yes. */
export function exitOf(outcome: string): number {
  if (outcome === 'compatible') return EXIT.compatible;
  if (outcome === 'incompatible') return EXIT.incompatible;
  return outcome === 'indeterminate' ? EXIT.indeterminate : EXIT.error;
}

export interface OutcomeCounts {
  readonly compatible: number;
  readonly incompatible: number;
  readonly indeterminate: number;
}

/** Of a set of answers: 0 when there is a yes, 3 for a known no, 4 when only unknowns stand in the way. */
export function exitOfCounts(counts: OutcomeCounts): number {
  if (counts.compatible > 0) return EXIT.compatible;
  return counts.indeterminate > 0 ? EXIT.indeterminate : EXIT.incompatible;
}
