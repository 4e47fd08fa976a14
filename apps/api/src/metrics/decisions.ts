import type { StoredVerdict } from '@berth/application';
import { RUNTIME, type Runtime } from '@berth/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { Metrics } from './metrics.js';

/** One log line and one count for each decision that leaves by this door. */
@Injectable()
export class Decisions {
  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  made(id: string | null, verdict: StoredVerdict, startedAt: number): void {
    const { decision, basis } = verdict;
    this.metrics.decided(decision);
    this.runtime.logger.info(
      {
        verdict: id,
        vm: basis.vm,
        host: basis.host,
        outcome: decision.outcome,
        generation: decision.generation,
        reason: decision.wouldFail?.reason ?? null,
        ms: Math.round((performance.now() - startedAt) * 1000) / 1000,
      },
      'decided',
    );
  }
}
