import { EventFeed, EventSequencer, WebhookCouriers } from '@berth/application';
import { RUNTIME, type Runtime } from '@berth/runtime';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Loop } from '../loop.js';

const SECOND = 1000;

/** What events need besides those who emit and read them. Any number of workers may do it at once. */
@Injectable()
export class EventChores implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #runtime: Runtime;
  readonly #sequencer: EventSequencer;
  readonly #feed: EventFeed;
  readonly #couriers: WebhookCouriers;
  #loops: readonly Loop[] = [];

  constructor(
    @Inject(RUNTIME) runtime: Runtime,
    @Inject(EventSequencer) sequencer: EventSequencer,
    @Inject(EventFeed) feed: EventFeed,
    @Inject(WebhookCouriers) couriers: WebhookCouriers,
  ) {
    this.#runtime = runtime;
    this.#sequencer = sequencer;
    this.#feed = feed;
    this.#couriers = couriers;
  }

  onApplicationBootstrap(): void {
    const { retentionMs } = this.#runtime.config.events;
    this.#loops = [
      // Who commits an event has it numbered at once; this is for who died in between.
      this.#loop('events are not numbered', SECOND / 2, () => this.#sequencer.drain()),
      this.#loop('old events are not forgotten', 60 * SECOND, () => this.#feed.purge(retentionMs)),
      this.#loop('old deliveries are not forgotten', 60 * SECOND, () => this.#couriers.purge(retentionMs)),
    ];
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.#loops.map((loop) => loop.stop()));
  }

  #loop(complaint: string, every: number, work: () => Promise<unknown>): Loop {
    const onError = (error: unknown): void => this.#runtime.logger.warn({ err: error }, complaint);
    return new Loop({ every, afterError: Math.max(every, SECOND), work, onError });
  }
}
