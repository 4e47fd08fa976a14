import { Classing, DeadLetters, IdempotencyKeys, Migrations, OutboxRelay, SweepReconciler } from '@berth/application';
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
  readonly #letters: DeadLetters;
  readonly #migrations: Migrations;
  readonly #keys: IdempotencyKeys;
  readonly #classing: Classing;
  #loops: readonly Loop[] = [];

  constructor(
    @Inject(RUNTIME) runtime: Runtime,
    @Inject(OutboxRelay) relay: OutboxRelay,
    @Inject(SweepReconciler) reconciler: SweepReconciler,
    @Inject(DeadLetters) letters: DeadLetters,
    @Inject(Migrations) migrations: Migrations,
    @Inject(IdempotencyKeys) keys: IdempotencyKeys,
    @Inject(Classing) classing: Classing,
  ) {
    this.#runtime = runtime;
    this.#relay = relay;
    this.#reconciler = reconciler;
    this.#letters = letters;
    this.#migrations = migrations;
    this.#keys = keys;
    this.#classing = classing;
  }

  onApplicationBootstrap(): void {
    this.#loops = [
      this.#loop('the outbox is not sent', SECOND / 4, () => this.#relay.drain()),
      this.#loop('lost chunks are not sent', 3 * SECOND, () => this.#reconciler.run()),
      this.#loop('migrations whose time has come are not seen to', 3 * SECOND, () => this.#migrations.sweep()),
      this.#loop('hosts and VMs are not classed', 10 * SECOND, () => this.#classing.run()),
      this.#loop('answers kept under keys are not forgotten', 600 * SECOND, () => this.#keys.purge()),
      this.#loop('sent rows are not forgotten', 600 * SECOND, () => this.#relay.purge()),
      this.#loop('dead letters are not forgotten', 600 * SECOND, () => this.#letters.purge()),
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
