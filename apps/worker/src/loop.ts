import { setTimeout as sleep } from 'node:timers/promises';

export interface LoopOptions {
  /** Milliseconds from the end of one round to the next. */
  readonly every: number;
  /** The same after a round that failed: what is away now will be away for a while. */
  readonly afterError: number;
  readonly work: () => Promise<unknown>;
  /** Hears of a failure once, not again in each round in which it goes on. */
  readonly onError: (error: unknown) => void;
}

/** Does something again and again until it is stopped; a round that fails is not the end of it. */
export class Loop {
  readonly #options: LoopOptions;
  readonly #stop = new AbortController();
  readonly #life: Promise<void>;
  #failing: string | undefined;

  constructor(options: LoopOptions) {
    this.#options = options;
    this.#life = this.#live();
  }

  /** Waits for the round that runs. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#life;
  }

  async #live(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const wait = await this.#round();
      await sleep(wait, undefined, { signal }).catch(() => undefined);
    }
  }

  async #round(): Promise<number> {
    const { every, afterError, work, onError } = this.#options;
    try {
      await work();
      this.#failing = undefined;
      return every;
    } catch (error) {
      const failing = String(error);
      if (failing !== this.#failing) onError(error);
      this.#failing = failing;
      return afterError;
    }
  }
}
