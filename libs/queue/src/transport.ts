import type { BackendFactory, ConnectionOptions, IQueueBackend } from 'bullmq';

export type TransportKind = 'redis' | 'postgres';

/** Something that happened away from any caller: a lost link, a job that failed. */
export interface QueueFault {
  readonly queue: string;
  readonly error: Error;
  /** The job concerned, if one is. */
  readonly job?: string;
}

export type Report = (fault: QueueFault) => void;

/** Where the queues live. Both kinds pass the same contract suite. */
export interface Transport {
  readonly kind: TransportKind;
  /** For senders: fails at once when the server is away, and is thrown away then. */
  readonly sender: BackendFactory<IQueueBackend, ConnectionOptions>;
  /** For workers: comes back by itself, however long the server was away. */
  readonly worker: BackendFactory<IQueueBackend, ConnectionOptions>;
  /** Before the first use; may run at the same time in many processes. */
  prepare(): Promise<void>;
  /** Why jobs would not be safe here, in one line; undefined when they are. */
  unsafe(): Promise<string | undefined>;
}
