export interface IdempotencyStore {
  /** Forgets what is older than a day. */
  purge(): Promise<void>;
}
