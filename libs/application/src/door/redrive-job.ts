import type { Job } from '../outbox/job-sender.js';
import type { RedrivenLetter } from './dead-letter-store.js';

/** What wakes a worker for a dead letter, on the queue on which the job had died. */
export interface RedriveJob {
  readonly v: 1;
  readonly fleet: string;
  readonly letter: string;
}

/** Each time another id: the job of the time before may still be known to the transport. */
export function redriveJob(fleet: string, { id, queue, redrives }: RedrivenLetter): Job {
  return { queue, id: `${id}.${redrives}`, payload: { v: 1, fleet, letter: id } };
}
