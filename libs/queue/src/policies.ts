import { PREFLIGHT_REQUEST_QUEUE } from '@berth/application';
import type { JobsOptions, KeepJobs } from 'bullmq';
import type { QueueName } from './payloads.js';

/** How long, in seconds, whoever asked by message finds the answer; and how many answers there are room for. */
const ANSWERS: KeepJobs = { age: 900, count: 10_000 };

/** Jobs of others that failed stay to be looked at; our own leave at once, since Postgres knows how they ended. */
const FORGED: KeepJobs = { age: 7 * 24 * 3600, count: 1000 };

export interface Policy {
  readonly done: KeepJobs;
  readonly failed: KeepJobs;
  /** For queues that others write to: what holds whatever they said when they sent the job. How often it is tried is ours to say. */
  readonly whateverWasSaid?: Readonly<Required<Pick<JobsOptions, 'attempts' | 'removeOnComplete' | 'removeOnFail'>>>;
}

const OURS: Policy = { done: { count: 0 }, failed: FORGED };
const OPEN: Policy = {
  done: ANSWERS,
  failed: ANSWERS,
  whateverWasSaid: { attempts: 1, removeOnComplete: ANSWERS, removeOnFail: ANSWERS },
};

export const policyOf = (queue: QueueName): Policy => (queue === PREFLIGHT_REQUEST_QUEUE ? OPEN : OURS);

/** How often a job is begun before it is given up, by what ends it each time: an absent store says nothing about the job. */
export const TRIES = { failing: 4, away: 100 } as const;

const FIRST_WAIT = 500;
const LONGEST_WAIT = 30_000;

/** Milliseconds until the next try, after so many. */
export const waitAfter = (tries: number): number => Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(tries - 1, 10));
