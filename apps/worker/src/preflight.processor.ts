import {
  type JsonObject,
  Keys,
  PREFLIGHT_REQUEST_QUEUE,
  type PreflightRequestJob,
  Preflights,
} from '@berth/application';
import { type Consumer, type Received, RUNTIME, type Runtime } from '@berth/runtime';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { PreflightAnswer, type PreflightReply } from './preflight-answer.js';

/** Most of the time of a question is spent waiting for the database. */
const CONCURRENCY = 8;

/** The queue's door to the preflights: the one queue that others write to. */
@Injectable()
export class PreflightProcessor implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #runtime: Runtime;
  readonly #answer: PreflightAnswer;
  #consumer: Consumer<typeof PREFLIGHT_REQUEST_QUEUE> | undefined;

  constructor(@Inject(RUNTIME) runtime: Runtime, @Inject(Keys) keys: Keys, @Inject(Preflights) preflights: Preflights) {
    this.#runtime = runtime;
    this.#answer = new PreflightAnswer(keys, preflights);
  }

  onApplicationBootstrap(): void {
    this.#consumer = this.#runtime.queues.consume(
      PREFLIGHT_REQUEST_QUEUE,
      (job, received) => this.#run(job, received),
      { concurrency: CONCURRENCY },
    );
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#consumer?.close();
  }

  async #run(job: PreflightRequestJob, { redrivenBy }: Received): Promise<JsonObject> {
    const began = performance.now();
    const reply = await this.#answer.to(job, redrivenBy);
    this.#say(reply, Math.round((performance.now() - began) * 1000) / 1000);
    return reply.body as JsonObject;
  }

  /** One line for each decision, as at the other door; what was asked may hold a key and is not among it. */
  #say(reply: PreflightReply, ms: number): void {
    if (reply.kind === 'refused') {
      this.#runtime.logger.info({ code: reply.body.code, ms }, 'refused');
      return;
    }
    const { decision, basis } = reply.verdict;
    const { outcome, generation, wouldFail } = decision;
    const about = { verdict: reply.id, vm: basis.vm, host: basis.host };
    this.#runtime.logger.info({ ...about, outcome, generation, reason: wouldFail?.reason ?? null, ms }, 'decided');
  }
}
