import type { Attempt, ClaimedDelivery } from './delivery-statements.js';

/** One message, and how the sending of it went. */
export interface SentMessage extends Attempt {
  /** For how long the receiver asked to be left alone. */
  readonly pauseMilliseconds?: number | undefined;
}

export interface WebhookSender {
  /** Sends it once. Whatever the receiver does is an outcome; throws only when the signal aborts before there is one. */
  send(claimed: ClaimedDelivery, signal: AbortSignal): Promise<SentMessage>;
}
