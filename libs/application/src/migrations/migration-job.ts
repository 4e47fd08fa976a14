import type { Job } from '../outbox/job-sender.js';

export const MIGRATION_DUE_QUEUE = 'berth.migration.due';

/** What wakes a worker when a migration's expiry or deadline has come. */
export interface MigrationDueJob {
  readonly v: 1;
  readonly fleet: string;
  readonly migration: string;
}

/** `what` keeps the job of the deadline apart from that of the expiry, which may still be waiting. */
export function migrationDueJob(fleet: string, migration: string, what: string, inMilliseconds: number): Job {
  return {
    queue: MIGRATION_DUE_QUEUE,
    id: `${migration}.${what}`,
    payload: { v: 1, fleet, migration },
    inMilliseconds,
  };
}
