import { setTimeout as sleep } from 'node:timers/promises';
import { AddressGuard, type CourierReport, FeedWatch, type WebhookCourier, WebhookCouriers } from '@berth/application';
import { RUNTIME, type Runtime } from '@berth/runtime';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpWebhookSender } from './http-webhook-sender.js';

const POLL_MILLISECONDS = 500;
const AFTER_ERROR_MILLISECONDS = 1_000;

/** Sends what webhooks wait for: at once when the feed moves or a hand is free, and by the clock for what is tried again. */
@Injectable()
export class WebhookProcessor implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #runtime: Runtime;
  readonly #watch: FeedWatch;
  readonly #courier: WebhookCourier;
  #stopped = false;
  #waiting = new AbortController();
  #life: Promise<void> | undefined;
  #failing = false;

  constructor(
    @Inject(RUNTIME) runtime: Runtime,
    @Inject(FeedWatch) watch: FeedWatch,
    @Inject(AddressGuard) guard: AddressGuard,
    @Inject(WebhookCouriers) couriers: WebhookCouriers,
  ) {
    this.#runtime = runtime;
    this.#watch = watch;
    this.#courier = couriers.courier(new HttpWebhookSender(guard), this.#report());
  }

  onApplicationBootstrap(): void {
    this.#life = this.#live();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopped = true;
    this.#waiting.abort();
    await this.#courier.stop();
    await this.#life;
    // What the last round had just taken.
    await this.#courier.stop();
  }

  async #live(): Promise<void> {
    while (!this.#stopped) {
      const { version } = this.#watch;
      const settled = this.#courier.settled;
      const taken = await this.#round();
      if (taken === 0) await this.#wait((signal) => this.#watch.changed(version, POLL_MILLISECONDS, signal), settled);
      if (taken === undefined) await this.#wait((signal) => sleep(AFTER_ERROR_MILLISECONDS, undefined, { signal }));
    }
  }

  /** Each wait has its own end, so that nothing of it is left when something else came first. */
  async #wait(wait: (signal: AbortSignal) => Promise<void>, orElse?: Promise<void>): Promise<void> {
    if (this.#stopped) return;
    const waiting = new AbortController();
    this.#waiting = waiting;
    const waited = wait(waiting.signal).catch(() => undefined);
    await Promise.race(orElse === undefined ? [waited] : [waited, orElse]);
    waiting.abort();
  }

  /** How many were taken; undefined when the store is away, which is told once. */
  async #round(): Promise<number | undefined> {
    try {
      const taken = await this.#courier.round();
      this.#failing = false;
      return taken;
    } catch (error) {
      if (!this.#failing) this.#runtime.logger.warn({ err: error }, 'webhooks are not sent');
      this.#failing = true;
      return undefined;
    }
  }

  #report(): CourierReport {
    const { logger } = this.#runtime;
    return {
      settled: ({ fleet, webhook, number, attempt }, { milliseconds, outcome }, { kind }) =>
        logger.debug({ fleet, webhook, delivery: number, attempt, ms: milliseconds, ...outcome, kind }, 'webhook'),
      disabled: ({ fleet, webhook }, why) => logger.warn({ fleet, webhook, why }, 'a webhook was disabled'),
      broken: (error) => logger.warn({ err: error }, 'what became of a message could not be noted'),
    };
  }
}
