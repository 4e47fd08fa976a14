import type { JobSender } from '../outbox/job-sender.js';
import { driftJob, MAX_FAILURES } from './drift-job.js';
import type { DriftStore } from './drift-store.js';

const LOST_AFTER_MS = 10_000;
const BATCH = 1000;

/** Sends parts again whose jobs may be lost with the transport. One that only waits is not doubled. */
export class DriftReconciler {
  readonly #store: DriftStore;
  readonly #sender: JobSender;

  constructor(store: DriftStore, sender: JobSender) {
    this.#store = store;
    this.#sender = sender;
  }

  async run(): Promise<number> {
    const lost = await this.#store.lost(LOST_AFTER_MS, MAX_FAILURES, BATCH);
    if (lost.length > 0) await this.#sender.send(lost.map(driftJob));
    return lost.length;
  }
}
