import type { Job } from '../outbox/job-sender.js';

export const SWEEP_QUEUE = 'berth.sweep';

/** What wakes a worker for one chunk of a sweep. */
export interface SweepJob {
  readonly v: 1;
  readonly fleet: string;
  readonly sweep: string;
  readonly chunk: number;
}

/** The id names the chunk, so a chunk is on the queue once at most, however often it is sent. */
export function sweepJob(fleet: string, sweep: string, chunk: number): Job {
  return { queue: SWEEP_QUEUE, id: `${sweep}.${chunk}`, payload: { v: 1, fleet, sweep, chunk } };
}
