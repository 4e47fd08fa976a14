import type { Outcome, Reason } from '@berth/engine';
import type { GroupAnswer } from './class-verdicts.js';

/** How many hosts answer how. */
export interface Counts extends Readonly<Record<Outcome, number>> {
  /** Of those that do not say yes: what would fail first, or else what is not known first. The most frequent first. */
  readonly byReason: ReadonlyMap<Reason, number>;
}

export function countsOf(answers: readonly GroupAnswer[]): Counts {
  const counts = { compatible: 0, incompatible: 0, indeterminate: 0 };
  const reasons = new Map<Reason, number>();
  for (const { group, outcome, reason } of answers) {
    counts[outcome] += group.hosts;
    if (reason !== undefined) reasons.set(reason, (reasons.get(reason) ?? 0) + group.hosts);
  }
  const byReason = new Map([...reasons].sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1)));
  return { ...counts, byReason };
}
