import type { EventType } from '../events/event-statements.js';
import type { DisabledWhy } from './webhook.js';

export interface NewWebhook {
  readonly id: string;
  readonly url: string;
  readonly types: readonly EventType[];
  readonly description: string | undefined;
  readonly secret: Uint8Array;
}

/** A webhook's row, locked until the transaction ends. */
export interface LockedWebhook {
  readonly url: string;
  readonly state: 'enabled' | 'disabled';
}

export interface WebhookChange {
  readonly url?: string | undefined;
  readonly types?: readonly EventType[] | undefined;
  /** null takes it away. */
  readonly description?: string | null | undefined;
}

/** Events of the feed: after one place, through another. */
export interface EventRange {
  readonly after: number;
  readonly through: number;
}

export interface WebhookStatements {
  /** It is told of what is numbered from now on. */
  insert(fleet: string, webhook: NewWebhook): Promise<void>;
  lock(fleet: string, id: string): Promise<LockedWebhook | undefined>;
  change(fleet: string, id: string, change: WebhookChange): Promise<void>;
  /** What is on its way waits until the webhook is enabled again. */
  disable(fleet: string, id: string, why: DisabledWhy): Promise<void>;
  enable(fleet: string, id: string): Promise<void>;
  /** The secret before this one goes on signing for so long. */
  rotate(fleet: string, id: string, secret: Uint8Array, overlapMilliseconds: number): Promise<void>;
  remove(fleet: string, id: string): Promise<void>;
  /** The number of a delivery of no event. */
  test(fleet: string, id: string): Promise<number>;
  /** The number of a new delivery of this event; undefined when it is not kept. */
  replayEvent(fleet: string, id: string, event: string): Promise<number | undefined>;
  /** New deliveries of the events of the range that the webhook wants, not more than `most`; how many, and how far it came. */
  replayRange(
    fleet: string,
    id: string,
    range: EventRange,
    most: number,
  ): Promise<{ readonly queued: number; readonly through: number }>;
}
