import type { EventType } from '../events/event-statements.js';

/** `asked`: by an operator. `gone`: the receiver answered 410. `failing`: nothing succeeded for days. */
export type DisabledWhy = 'asked' | 'gone' | 'failing';

export interface WebhookRecord {
  readonly id: string;
  readonly url: string;
  /** Empty for all. */
  readonly types: readonly EventType[];
  readonly description: string | undefined;
  readonly state: 'enabled' | 'disabled';
  readonly disabledWhy: DisabledWhy | undefined;
  /** The place in the feed up to which each wanted event has its delivery. */
  readonly through: number;
  /** How many deliveries are on their way. */
  readonly pending: number;
  readonly failingSince: Date | undefined;
  /** Until when the secret before this one signs too. */
  readonly oldSecretUntil: Date | undefined;
  readonly createdAt: Date;
}

/** `event`: as it happened. `replay`: asked for again. `test`: of no event, and tried once. */
export type DeliveryKind = 'event' | 'replay' | 'test';
export type DeliveryState = 'pending' | 'delivered' | 'failed';

export interface DeliveryAttempt {
  readonly attempt: number;
  readonly at: Date;
  readonly milliseconds: number;
  /** What the receiver answered; undefined when it did not. */
  readonly status: number | undefined;
  readonly error: string | undefined;
}

export interface DeliveryRecord {
  /** Counts the deliveries of its webhook, from 1. */
  readonly number: number;
  readonly kind: DeliveryKind;
  /** The id of the event, which the receiver gets as `webhook-id`. */
  readonly event: string;
  readonly type: EventType | 'webhook.test';
  readonly subject: string;
  readonly state: DeliveryState;
  /** When it is tried again; undefined when it is not. */
  readonly nextAt: Date | undefined;
  readonly createdAt: Date;
  readonly finishedAt: Date | undefined;
  /** Oldest first. One that was cut off in the middle is not among them. */
  readonly attempts: readonly DeliveryAttempt[];
}
