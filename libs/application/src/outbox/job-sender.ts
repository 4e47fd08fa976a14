/** One thing for a worker to do. The payload carries ids, never documents: the worker reads Postgres. */
export interface Job {
  readonly queue: string;
  /** Deterministic: sending a job that already waits or runs changes nothing. */
  readonly id: string;
  readonly payload: JobPayload;
  /** Kept in the outbox for so long before it is sent; at once when left out. */
  readonly inMilliseconds?: number | undefined;
}

export type JobPayload = { readonly [field: string]: string | number | boolean };

/** Hands jobs to the transport; rejects within seconds, and never hangs, when the transport did not take them all. */
export interface JobSender {
  send(jobs: readonly Job[]): Promise<void>;
}
