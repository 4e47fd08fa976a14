import type { SweepRecord, SweepResult } from '@berth/application';
import { POLICY_CARDS } from '@berth/engine';

export function printSweep(sweep: SweepRecord): object {
  return {
    id: sweep.id,
    state: sweep.state,
    policy: sweep.policy,
    ...(POLICY_CARDS[sweep.policy].hypothetical ? { hypothetical: true } : {}),
    ...(sweep.phases === undefined ? {} : { phases: sweep.phases }),
    progress: sweep.progress,
    counts: sweep.counts,
    failure: sweep.failure ?? null,
    createdAt: sweep.createdAt.toISOString(),
    startedAt: sweep.startedAt?.toISOString() ?? null,
    finishedAt: sweep.finishedAt?.toISOString() ?? null,
  };
}

export function printSweepResult(result: SweepResult): object {
  const { vm, target, outcome, wouldFail, vmRevision, hostRevision, evaluatedAt } = result;
  return { vm, host: target, outcome, wouldFail, vmRevision, hostRevision, evaluatedAt: evaluatedAt.toISOString() };
}
