import type { EventStore } from './event-store.js';

/**
 * Numbers events soon after their commit. Whoever commits an event wakes it; a worker also asks by the clock, for the
 * process that dies between the two.
 */
export class EventSequencer {
  #running: Promise<void> | undefined;
  #again = false;

  constructor(private readonly store: Pick<EventStore, 'sequence'>) {}

  /** Returns at once. What wakes it while it is at work is one more round, however often. */
  wake(): void {
    this.#again = true;
    this.#running ??= this.#work().finally(() => {
      this.#running = undefined;
    });
  }

  /** Numbers all that is committed by now. */
  async drain(): Promise<void> {
    for (let more = true; more; ) more = await this.store.sequence();
  }

  async #work(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      // The store is away, or too busy: what was committed keeps, and the next one to ask numbers it.
      await this.drain().catch(() => undefined);
    }
  }
}
