import type { JobSender } from '../outbox/job-sender.js';
import { sweepJob } from './sweep-job.js';
import type { SweepStore } from './sweep-store.js';

/** A chunk that was sent or begun this long ago, and is still open, is sent again. */
const LOST_AFTER_MS = 8_000;
const BATCH = 1000;

/**
 * Sends open chunks again whose jobs may be lost: with a transport that was emptied, or with workers that died in them too
 * often. A job that is only waiting is not doubled, since the transport knows its id.
 */
export class SweepReconciler {
  readonly #store: SweepStore;
  readonly #sender: JobSender;

  constructor(store: SweepStore, sender: JobSender) {
    this.#store = store;
    this.#sender = sender;
  }

  async run(): Promise<number> {
    const lost = await this.#store.lost(LOST_AFTER_MS, BATCH);
    if (lost.length > 0) await this.#sender.send(lost.map((ref) => sweepJob(ref.fleet, ref.sweep, ref.chunk)));
    return lost.length;
  }
}
