import type { Job } from './job-sender.js';

export interface OutboxStore {
  /**
   * Gives the unsent rows that are due, the longest due first, and that nobody else is sending to `send`, and marks them sent when it succeeds. When it does
   * not, or when this process dies, they are unsent again. Answers how many were sent.
   */
  relay(limit: number, send: (jobs: readonly Job[]) => Promise<void>): Promise<number>;
  /** How many rows are due and wait, and since when the oldest does. */
  backlog(): Promise<{ readonly unsent: number; readonly oldest: Date | undefined }>;
  /** Forgets rows that were sent some time ago. */
  purge(): Promise<void>;
}
