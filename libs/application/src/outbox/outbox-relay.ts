import type { JobSender } from './job-sender.js';
import type { OutboxStore } from './outbox-store.js';

/** As many as one statement and one round trip to the transport handle well. */
const BATCH = 500;

/**
 * Hands committed jobs to the transport. Any number of relays may run at once: each row is sent by one of them, again when
 * it is not known whether the transport took it, and the transport ignores a job that it already has.
 */
export class OutboxRelay {
  readonly #store: OutboxStore;
  readonly #sender: JobSender;

  constructor(store: OutboxStore, sender: JobSender) {
    this.#store = store;
    this.#sender = sender;
  }

  /** Sends all that waits. Throws when the transport does not take it; the rows then wait on. */
  async drain(): Promise<number> {
    let sent = 0;
    for (;;) {
      const batch = await this.#store.relay(BATCH, (jobs) => this.#sender.send(jobs));
      sent += batch;
      if (batch < BATCH) return sent;
    }
  }

  async purge(): Promise<void> {
    await this.#store.purge();
  }

  /** How many rows wait, and since when the oldest does. */
  backlog(): ReturnType<OutboxStore['backlog']> {
    return this.#store.backlog();
  }
}
