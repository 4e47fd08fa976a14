import { DRIFT_QUEUE, type DriftJob, DriftReconciler, Drifts } from '@berth/application';
import { type Consumer, RUNTIME, type Runtime } from '@berth/runtime';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Loop } from './loop.js';

/** Deciding takes the processor, and sweeps want it too. */
const CONCURRENCY = 1;
const LOOK_FOR_LOST = 3_000;

/** The queue's door to all that hangs on what changed, and the search for the parts whose jobs were lost. */
@Injectable()
export class DriftProcessor implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #runtime: Runtime;
  readonly #drifts: Drifts;
  readonly #reconciler: DriftReconciler;
  #consumer: Consumer<typeof DRIFT_QUEUE> | undefined;
  #loop: Loop | undefined;

  constructor(
    @Inject(RUNTIME) runtime: Runtime,
    @Inject(Drifts) drifts: Drifts,
    @Inject(DriftReconciler) reconciler: DriftReconciler,
  ) {
    this.#runtime = runtime;
    this.#drifts = drifts;
    this.#reconciler = reconciler;
  }

  onApplicationBootstrap(): void {
    this.#consumer = this.#runtime.queues.consume(DRIFT_QUEUE, (job) => this.#run(job), { concurrency: CONCURRENCY });
    this.#loop = new Loop({
      every: LOOK_FOR_LOST,
      afterError: LOOK_FOR_LOST,
      work: () => this.#reconciler.run(),
      onError: (error) => this.#runtime.logger.warn({ err: error }, 'lost drifts are not sent'),
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([this.#consumer?.close(), this.#loop?.stop()]);
  }

  async #run({ v: _, ...ref }: DriftJob): Promise<void> {
    const began = performance.now();
    const run = await this.#drifts.run(ref);
    const ms = Math.round(performance.now() - began);
    if (run.kind === 'given-up')
      this.#runtime.logger.error({ ...ref, ms, why: run.why }, 'a change is not looked at to the end');
    else this.#runtime.logger.debug({ ...ref, ms, ...run }, 'drift');
  }
}
