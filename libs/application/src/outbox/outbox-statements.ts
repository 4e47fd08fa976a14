import type { Job } from './job-sender.js';

/** What the outbox needs of a transaction: a row here is a job that will be sent, after the commit and at least once. */
export interface OutboxStatements {
  put(fleet: string, jobs: readonly Job[]): Promise<void>;
}
