import type { Job } from '../outbox/job-sender.js';

export const DRIFT_QUEUE = 'berth.drift';

/** After so many exceptions a part will not be better the next time. */
export const MAX_FAILURES = 5;

export type DriftKind = 'host' | 'vm';

/** What wakes a worker for the next part of looking at all that hangs on a host or a VM that changed. */
export interface DriftJob {
  readonly v: 1;
  readonly fleet: string;
  readonly kind: DriftKind;
  readonly name: string;
  /** Which change: another one starts anew. */
  readonly turn: number;
  readonly part: number;
}

export type DriftRef = Omit<DriftJob, 'v'>;

/** Turns are never used twice, whatever they are of. */
export function driftJob({ fleet, kind, name, turn, part }: DriftRef): Job {
  return { queue: DRIFT_QUEUE, id: `drift.${turn}.${part}`, payload: { v: 1, fleet, kind, name, turn, part } };
}
