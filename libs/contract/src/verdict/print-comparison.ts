import type { Difference, LetThrough, Objection } from '@berth/engine';
import type { ComparisonJson } from './comparison-schema.js';
import { printRow } from './print-verdict.js';
import type { VerdictJson } from './verdict-schema.js';

export function printComparison(verdicts: readonly VerdictJson[], differences: readonly Difference[]): ComparisonJson {
  return { verdicts: [...verdicts], differences: differences.map(printDifference) };
}

function printDifference(difference: Difference): ComparisonJson['differences'][number] {
  const { policy, outcome, letsThrough, refuses, memslots } = difference;
  return {
    policy,
    outcome: { strict: outcome.strict, policy: outcome.policy },
    letsThrough: letsThrough.map(printLetThrough),
    refuses: refuses.map(printObjection),
    memslots: memslots.map(({ slot, mapping, ...rows }) => ({
      slot,
      mapping,
      strict: printRow(rows.strict),
      policy: printRow(rows.policy),
    })),
  };
}

function printObjection({ check, phase, reason, errno, failure, slot, mapping }: Objection) {
  return { check, phase, reason, errno, failure, slot, mapping };
}

function printLetThrough(found: LetThrough) {
  return { ...printObjection(found), hazards: [...found.hazards] };
}
