import type { JsonObject } from '../json.js';
import type { EventType } from './event-statements.js';

/** An event that has its number. */
export interface EventRecord {
  /** Unlike the number it is not used again, not even when a database is restored from a copy. */
  readonly id: string;
  readonly fleet: string;
  /** From 1, without gaps in its fleet, in the order in which every reader sees the events. */
  readonly sequence: number;
  readonly type: EventType;
  readonly subject: string;
  readonly data: JsonObject;
  readonly at: Date;
}

export interface EventFilter {
  /** Any of these; all types where nothing is said. */
  readonly types?: readonly EventType[] | undefined;
  readonly subject?: string | undefined;
}

/** A sequence, the end of the feed, or the oldest event that is kept. */
export type EventPlace = number | 'latest' | 'oldest';

/** A look at the feed of one fleet, all of it at one instant. */
export interface EventSlice {
  /** The sequence of the newest event of the fleet; 0 when there is none. */
  readonly head: number;
  /** Up to this sequence nothing is kept any more. */
  readonly purged: number;
  /** Where the look began. */
  readonly after: number;
  /** Up to this sequence the slice holds every event that fits the filter. */
  readonly through: number;
  readonly events: readonly EventRecord[];
}

export interface EventStore {
  /**
   * Numbers a bounded number of events that were committed before; answers whether there may be more of them. Any process may
   * do it at any time.
   */
  sequence(): Promise<boolean>;
  /** Looks at a bounded stretch of the feed, so that a filter that nothing fits costs no more than any other. */
  slice(fleet: string, after: EventPlace, filter: EventFilter, limit: number): Promise<EventSlice>;
  /** The head of every fleet's feed. */
  heads(): Promise<ReadonlyMap<string, number>>;
  /** Forgets a bounded number of events that are older, oldest first; answers how many. */
  purge(olderThanMilliseconds: number): Promise<number>;
}
