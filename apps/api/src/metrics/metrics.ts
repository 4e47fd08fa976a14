import type { Calibrated, Comparison } from '@berth/application';
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

  private readonly reportTexts = new Counter({
    name: 'berth_report_texts_total',
    help: 'Raw texts in reports of failed migrations, by whether their words are known.',
    labelNames: ['words'] as const,
    registers: [this.registry],
  });

  private readonly ended = new Counter({
    name: 'berth_migrations_ended_total',
    help: 'Migrations that were tried, by whether a warning came with the yes and by how they ended.',
    labelNames: ['prediction', 'actual'] as const,
    registers: [this.registry],
  });

  private readonly falseYes = new Counter({
    name: 'berth_false_yes_total',
    help: 'Failed migrations by the checks that could have foreseen it; several may claim one.',
    labelNames: ['check'] as const,
    registers: [this.registry],
  });

  private readonly falseNo = new Counter({
    name: 'berth_false_no_total',
    help: 'Migrations that landed under `kernel`, by the checks that would have refused them under `strict`.',
    labelNames: ['check'] as const,
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

  reportTextRead(words: 'known' | 'unknown'): void {
    this.reportTexts.inc({ words });
  }

  /** What a report made known; what it adds to an end that was counted before is counted as that. */
  compared({ comparison, was }: Calibrated): void {
    if (was === undefined)
      this.ended.inc({
        prediction: comparison.warned.length > 0 ? 'warned' : 'compatible',
        actual: actualOf(comparison),
      });
    for (const check of without(comparison.falseYes, was?.falseYes)) this.falseYes.inc({ check });
    for (const check of without(comparison.falseNo, was?.falseNo)) this.falseNo.inc({ check });
  }

  answered(method: string, route: string, status: number, milliseconds: number): void {
    this.requests.observe({ method, route, status: String(status) }, milliseconds / 1000);
  }

  /** What is counted elsewhere in this process. */
  tally(name: string, help: string, label: string, read: () => Readonly<Record<string, number>>): void {
    new Counter({
      name,
      help,
      labelNames: [label],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const [value, count] of Object.entries(read())) this.inc({ [label]: value }, count);
      },
    });
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

const actualOf = ({ class: kind, outcome }: Comparison): string => (kind === 'outside' ? kind : outcome);

const without = (checks: readonly string[], counted: readonly string[] = []): readonly string[] =>
  checks.filter((check) => !counted.includes(check));
