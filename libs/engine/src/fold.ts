import type { Finding, Outcome, WouldFail } from './model/verdict.js';

/** One rejection is a no, one doubt without a rejection is an `indeterminate`, and only silence is a yes. */
export function outcomeOf(findings: readonly Finding[]): Outcome {
  if (findings.some((finding) => finding.severity === 'reject')) return 'incompatible';
  return findings.some((finding) => finding.severity === 'unknown') ? 'indeterminate' : 'compatible';
}

/** Findings stand in restore order, so the first rejection is what the target would come to first. */
export function wouldFailOf(findings: readonly Finding[]): WouldFail | null {
  const first = findings.find((finding) => finding.severity === 'reject');
  if (first === undefined) return null;
  const { phase, reason, slot, mapping, errno, failure, sourceOutcome } = first;
  return { phase, reason, slot, mapping, errno, failure, sourceOutcome };
}
