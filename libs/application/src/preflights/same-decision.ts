import type { Decision, Finding } from '@berth/engine';

/** The same text for the same value, in whatever order its keys were written. */
const printed = (value: unknown): string =>
  JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? `0x${each.toString(16)}` : sorted(each)));

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What a decision says; under which names it was asked is left out. That the rulebook moved is no difference in what it says. */
function said(decision: Decision): object {
  const { outcome, wouldFail, findings, memslots, generation, derived } = decision;
  return { outcome, wouldFail, findings, memslots, generation, derived };
}

export const sameDecision = (a: Decision, b: Decision): boolean => printed(said(a)) === printed(said(b));

export const sameFinding = (a: Finding, b: Finding): boolean => printed(a) === printed(b);
