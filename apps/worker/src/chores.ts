import { OutboxRelay, SweepReconciler } from '@berth/application';
import { RUNTIME, type Runtime } from '@berth/runtime';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Loop } from './loop.js';

const SECOND = 1000;

/** What every worker does besides its jobs. Any number of workers may do it at once. */
@Injectable()
export class Chores implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #runtime: Runtime;
  readonly #relay: OutboxRelay;
  readonly #reconciler: SweepReconciler;
  #loops: readonly Loop[] = [];

  constructor(
    @Inject(RUNTIME) runtime: Runtime,
    @Inject(OutboxRelay) relay: OutboxRelay,
    @Inject(SweepReconciler) reconciler: SweepReconciler,
  ) {
    this.#runtime = runtime;
    this.#relay = relay;
    this.#reconciler = reconciler;
  }

  onApplicationBootstrap(): void {
    this.#loops = [
      this.#loop('the outbox is not sent', SECOND / 4, () => this.#relay.drain()),
      this.#loop('lost chunks are not sent', 3 * SECOND, () => this.#reconciler.run()),
      this.#loop('sent rows are not forgotten', 600 * SECOND, () => this.#relay.purge()),
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
