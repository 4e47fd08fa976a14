import type { ShadowDifference, ShadowView } from '@berth/application';
import { printFindingDifference, type ShadowDifferenceJson } from '@berth/contract';
import { PHASES } from '@berth/engine';

export function printShadow({ shadow, differences }: ShadowView): object {
  return {
    shadow: shadow?.document ?? null,
    revision: shadow?.revision ?? 0,
    setBy: shadow?.setBy ?? null,
    setAt: shadow?.setAt.toISOString() ?? null,
    differences,
  };
}

export function printShadowDifference(difference: ShadowDifference): ShadowDifferenceJson {
  const { id, vm, host, manifest, fingerprint, phases, policy, outcome, wouldFail, findings } = difference;
  const { omitted, times, firstAt, lastAt, lastSubject } = difference;
  return {
    id,
    vm,
    host,
    basis: { manifest, fingerprint },
    ...(phases.length === PHASES.length ? {} : { phases: [...phases] }),
    policy,
    outcome,
    wouldFail,
    differences: findings.map(printFindingDifference),
    omitted,
    times,
    firstAt: firstAt.toISOString(),
    lastAt: lastAt.toISOString(),
    lastSubject,
  };
}
