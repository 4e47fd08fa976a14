import type { EventRecord } from '../events/event-store.js';

/** A delivery that one process has taken: nobody else sends it until its lease is over. */
export interface ClaimedDelivery {
  readonly fleet: string;
  readonly webhook: string;
  readonly number: number;
  /** From 1; this one is among them. */
  readonly attempt: number;
  /** How many of them count for when to try again, and whether. */
  readonly counted: number;
  readonly lease: string;
  /** By the store's clock: whose own clock is wrong must not sign messages that the receiver takes for old. */
  readonly claimedAt: Date;
  readonly url: string;
  /** One, or two while the old one still signs: the newest first. */
  readonly secrets: readonly Uint8Array[];
  readonly message: Message;
}

/** What is sent. `lost`: the event is no longer kept. */
export type Message =
  | { readonly kind: 'event'; readonly event: EventRecord }
  | { readonly kind: 'test'; readonly id: string; readonly at: Date }
  | { readonly kind: 'lost' };

/** The receiver's status, or why there is none. */
export type Outcome = { readonly status: number } | { readonly error: string };

export interface Attempt {
  readonly milliseconds: number;
  readonly outcome: Outcome;
}

/** What follows an attempt. */
export type Settlement =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'failed' }
  | { readonly kind: 'retry'; readonly afterMilliseconds: number };

export interface ClaimLimits {
  /** How many to take in all. */
  readonly most: number;
  readonly leaseMilliseconds: number;
  /** How many of one webhook are on their way at once, and how many of one that fails. */
  readonly perWebhook: number;
  readonly perFailing: number;
  /** A webhook fails from so many failures in a row. */
  readonly failing: number;
}

export interface DeliveryStatements {
  /**
   * Makes deliveries of what was numbered since, and takes those that are due. Of one subject only the first that is on its
   * way is ever due: what comes later waits until that one is delivered or given up.
   */
  claim(limits: ClaimLimits): Promise<readonly ClaimedDelivery[]>;
  /** Gives back what was not sent after all, as if it had not been taken. */
  release(claimed: ClaimedDelivery): Promise<void>;
  /** Notes the attempt and what follows. That it failed is believed only of who still holds the lease. */
  settle(claimed: ClaimedDelivery, attempt: Attempt, settlement: Settlement): Promise<void>;
  /** The receiver is well; answers whether it was failing until now. */
  succeeded(claimed: ClaimedDelivery, failing: number): Promise<boolean>;
  /** Makes due, spread over so long, all that waits to be tried again. */
  recall(claimed: ClaimedDelivery, withinMilliseconds: number): Promise<void>;
  /** Counts a failure, and leaves the receiver alone for a while; answers since when nothing has succeeded, in milliseconds. */
  failed(claimed: ClaimedDelivery, pauseMilliseconds: number): Promise<number>;
  /** Forgets a bounded number of finished deliveries that are older; answers how many. */
  purge(olderThanMilliseconds: number): Promise<number>;
}
