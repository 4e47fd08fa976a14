import { SWEEP_QUEUE, SweepChunks, type SweepJob } from '@berth/application';
import { type Consumer, RUNTIME, type Runtime } from '@berth/runtime';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';

/** Deciding takes the processor, of which a process has one; the second chunk is read and written meanwhile. */
const CONCURRENCY = 2;

/** The queue's door to the sweeps. */
@Injectable()
export class SweepProcessor implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #runtime: Runtime;
  readonly #chunks: SweepChunks;
  #consumer: Consumer<typeof SWEEP_QUEUE> | undefined;

  constructor(@Inject(RUNTIME) runtime: Runtime, @Inject(SweepChunks) chunks: SweepChunks) {
    this.#runtime = runtime;
    this.#chunks = chunks;
  }

  onApplicationBootstrap(): void {
    this.#consumer = this.#runtime.queues.consume(SWEEP_QUEUE, (job) => this.#run(job), { concurrency: CONCURRENCY });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#consumer?.close();
  }

  async #run({ fleet, sweep, chunk }: SweepJob): Promise<void> {
    const began = performance.now();
    const run = await this.#chunks.run({ fleet, sweep, chunk });
    const ms = Math.round(performance.now() - began);
    if (run.kind === 'given-up')
      this.#runtime.logger.error({ fleet, sweep, chunk, ms, why: run.why }, 'the sweep has failed');
    else this.#runtime.logger.debug({ fleet, sweep, chunk, ms, ...run }, 'chunk');
  }
}
