import { OutboxRelay, ShadowWatch } from '@berth/application';
import { Controller, Get, Header, Inject } from '@nestjs/common';
import { Op } from '../http/operation.js';
import { Metrics } from './metrics.js';

const TEXT = 'text/plain; version=0.0.4; charset=utf-8';

@Controller()
export class MetricsController {
  constructor(
    @Inject(Metrics) private readonly metrics: Metrics,
    @Inject(OutboxRelay) outbox: OutboxRelay,
    @Inject(ShadowWatch) shadow: ShadowWatch,
  ) {
    metrics.tally(
      'berth_shadow_evaluations_total',
      'Questions that were put to the shadow too, by what came of it.',
      'outcome',
      () => shadow.counts,
    );
    metrics.gauge(
      'berth_outbox_unsent',
      'Jobs that are committed and not yet on the queue.',
      async () => (await outbox.backlog()).unsent,
    );
  }

  @Get('metrics')
  @Header('content-type', TEXT)
  @Op({
    id: 'getMetrics',
    needs: 'reader',
    tag: 'operations',
    summary: 'Counters for Prometheus',
    answers: { 200: { description: 'Prometheus text format.', type: 'text/plain' } },
  })
  read(): Promise<string> {
    return this.metrics.registry.metrics();
  }
}
