import type { Queues } from '@berth/queue';
import type { Config } from './config.js';
import type { Logger } from './logger.js';

/** What one program holds open: the links to its servers, and every use-case built on them. */
export interface Runtime {
  readonly config: Config;
  readonly logger: Logger;
  readonly queues: Queues;
  /** the use-case of this class, one instance per program */
  useCase<T>(type: UseCaseType<T>): T;
  /** can this program answer? each part by name, for /readyz */
  health(): Promise<readonly HealthPart[]>;
  /** closes the queue's links, then the pools */
  close(): Promise<void>;
}

// `never[]`: every constructor will do, and nothing is constructed through it
export type UseCaseType<T> = abstract new (...args: never[]) => T;

export interface HealthPart {
  readonly part: 'database' | 'queue';
  readonly ok: boolean;
  readonly detail?: string;
}
