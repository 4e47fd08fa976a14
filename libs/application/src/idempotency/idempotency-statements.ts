import type { Caller } from '../caller.js';

/** A key that a caller sent with a request, and the digest of that request. */
export interface IdempotencyKey {
  readonly key: string;
  readonly requestDigest: string;
}

export type Claim =
  /** The key is new, and is this transaction's until it ends. */
  | { readonly kind: 'claimed' }
  | { readonly kind: 'kept'; readonly requestDigest: string; readonly status: number; readonly body: string };

/** Answers that were committed, by the key of the request: a caller that heard none sends the same again and gets the same bytes. */
export interface IdempotencyStatements {
  /** Waits for another transaction that has claimed it. Keys older than a day are forgotten. */
  claim(caller: Caller, key: IdempotencyKey): Promise<Claim>;
  /** Keeps the answer with the effect. */
  keep(caller: Caller, key: string, status: number, body: string): Promise<void>;
  /** Nothing was done that could be asked for again. */
  release(caller: Caller, key: string): Promise<void>;
}
