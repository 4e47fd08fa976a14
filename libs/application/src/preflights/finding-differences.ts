import { type Decision, type Finding, PHASES } from '@berth/engine';
import { sameFinding } from './same-decision.js';

/** One finding that two decisions do not share. */
export interface FindingDifference {
  readonly change: 'gone' | 'new' | 'changed';
  /** As it is now; as it was, where it is gone. */
  readonly finding: Finding;
  readonly was?: Finding | undefined;
}

/** In restore order. A finding is the same one where its check and its place are. */
export function findingDifferences(before: Decision, after: Decision): readonly FindingDifference[] {
  const was = keyed(before.findings);
  const is = keyed(after.findings);
  const gone = [...was].flatMap(([key, finding]) => (is.has(key) ? [] : [{ change: 'gone', finding } as const]));
  const other = [...is].flatMap(([key, finding]) => differenceFrom(was.get(key), finding));
  return [...gone, ...other].sort((a, b) => byPlace(a.finding, b.finding));
}

function differenceFrom(was: Finding | undefined, finding: Finding): readonly FindingDifference[] {
  if (was === undefined) return [{ change: 'new', finding }];
  return sameFinding(was, finding) ? [] : [{ change: 'changed', finding, was }];
}

function keyed(findings: readonly Finding[]): ReadonlyMap<string, Finding> {
  const byKey = new Map<string, Finding>();
  for (const finding of findings) {
    const { check, slot, mapping, device } = finding;
    const key = JSON.stringify([check, slot, mapping, device]);
    // A check that speaks twice of one place: the first is the first, the second the second.
    let nth = 0;
    while (byKey.has(`${key} ${nth}`)) nth += 1;
    byKey.set(`${key} ${nth}`, finding);
  }
  return byKey;
}

function byPlace(a: Finding, b: Finding): number {
  const phases = PHASES.indexOf(a.phase) - PHASES.indexOf(b.phase);
  return phases || (a.slot ?? -1) - (b.slot ?? -1) || (a.mapping ?? -1) - (b.mapping ?? -1);
}
