// Every host as the source of a plain VM, against every host as its target.
import { DEFAULT_POLICY, decide, OUTCOMES, PHASES } from '@berth/engine';
import { recordedHosts } from './hosts.mjs';

export function askPairs({ policy = DEFAULT_POLICY, phases = PHASES } = {}) {
  const hosts = recordedHosts();
  const pairs = hosts.flatMap((source) => hosts.map((target) => pairOf(source, target, { policy, phases })));
  const ofOutcome = (outcome) => pairs.filter((pair) => pair.outcome === outcome);
  return {
    policy,
    phases,
    hosts: hosts.map(({ name, kernel, cpu, fwb }) => ({ name, kernel, cpu, fwb })),
    counts: Object.fromEntries(OUTCOMES.map((outcome) => [outcome, ofOutcome(outcome).length])),
    reasons: reasonsOf(ofOutcome('incompatible')),
    missing: missingOf(ofOutcome('indeterminate')),
    pairs,
  };
}

function pairOf(source, target, asked) {
  const decision = decide({ manifest: source.vm, target: target.target, source: source.source, ...asked });
  const rejected = decision.findings.filter(({ severity }) => severity === 'reject');
  return {
    source: source.name,
    target: target.name,
    outcome: decision.outcome,
    wouldFail: decision.wouldFail,
    rejected: rejected.map(({ check, phase, reason, message }) => ({ check, phase, reason, message })),
    missing: [...new Set(decision.findings.flatMap(({ missing }) => missing))].sort(),
  };
}

/** Of the pairs that fail: how many would fail there first, and how many there at all; and the same of each check. */
function reasonsOf(pairs) {
  const reasons = new Map();
  for (const { wouldFail, rejected } of pairs) {
    for (const [reason, found] of groupBy(rejected, (each) => each.reason)) {
      const row = rowIn(reasons, reason, { phase: found[0].phase, checks: new Map() });
      count(row, wouldFail?.reason === reason);
      for (const check of new Set(found.map((each) => each.check)))
        count(rowIn(row.checks, check, {}), check === rejected[0].check);
    }
  }
  return sorted(reasons).map(([reason, { checks, ...row }]) => ({
    reason,
    ...row,
    checks: sorted(checks).map(([check, counted]) => ({ check, ...counted })),
  }));
}

function rowIn(rows, key, rest) {
  const row = rows.get(key) ?? { first: 0, pairs: 0, ...rest };
  rows.set(key, row);
  return row;
}

function count(row, isFirst) {
  row.pairs += 1;
  if (isFirst) row.first += 1;
}

function sorted(rows) {
  return [...rows].sort(([, a], [, b]) => b.first - a.first || b.pairs - a.pairs);
}

function groupBy(items, keyOf) {
  const groups = new Map();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

function missingOf(pairs) {
  const facts = groupBy(
    pairs.flatMap(({ missing }) => missing),
    (fact) => fact,
  );
  return [...facts].map(([fact, of]) => ({ fact, pairs: of.length })).sort((a, b) => b.pairs - a.pairs);
}
