import type { Decision } from '@berth/engine';
import { Injectable } from '@nestjs/common';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15];

/** What `/metrics` shows. Labels come from closed sets only: a route is its pattern, never the path that was asked. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();

  private readonly decisions = new Counter({
    name: 'berth_decisions_total',
    help: 'Decisions by outcome and by the reason of the first failure.',
    labelNames: ['outcome', 'reason'] as const,
    registers: [this.registry],
  });

  private readonly requests = new Histogram({
    name: 'berth_http_request_duration_seconds',
    help: 'Time from the request line to the end of the answer.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: SECONDS,
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  decided(decision: Decision): void {
    this.decisions.inc({ outcome: decision.outcome, reason: decision.wouldFail?.reason ?? '' });
  }

  answered(method: string, route: string, status: number, milliseconds: number): void {
    this.requests.observe({ method, route, status: String(status) }, milliseconds / 1000);
  }

  /** A number that is asked for when somebody looks, and missing where it cannot be had. */
  gauge(name: string, help: string, read: () => Promise<number>): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      async collect() {
        const value = await read().catch(() => Number.NaN);
        this.set(value);
      },
    });
  }
}
