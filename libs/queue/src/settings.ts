/**
 * Every wait of this room, in milliseconds. Together they bound what a silent link can cost: a worker that hears nothing
 * asks again after `drainDelay`, gives that question up after `redisSilence` or `postgresSilence`, and opens a new link.
 */
export const SETTINGS = {
  /** How long an idle worker blocks before it asks again. Short, since a lost notification costs this much. */
  drainDelay: 2_000,
  /** Longer than `drainDelay`, or a healthy worker that waits would be cut. */
  redisSilence: 6_000,
  postgresSilence: 4_000,
  connect: 3_000,
  /** How often the LISTEN link is asked whether it is still there. */
  heartbeat: 5_000,
  /** A sender gives up here and the row stays in the outbox; the relay's transaction may idle for 5 s, so sooner than that. */
  send: 4_000,
  /** A dead worker's job is free after its lock and one or two looks at the stalled list: 6 s + 2 × 3 s. */
  lock: 6_000,
  stalledInterval: 3_000,
  /** BullMQ waits 15 s after a refused connection unless told otherwise. */
  retry: 1_000,
  /** How long a program that is told to stop waits for the jobs it runs; what is left is done by another worker. */
  close: 2_000,
  /** How long a fault that goes on is not reported again. */
  sameFault: 10_000,
} as const;

/** A worker that dies this often in one job takes it off the queue; the reconciler puts it back. */
export const MAX_STALLED = 5;

/** In braces: a Redis Cluster keeps all keys of one queue in one slot. */
export const PREFIX = '{berth}';

/** BullMQ's tables live apart from ours. */
export const SCHEMA = 'bullmq';
