import type { IdempotencyStore } from './idempotency-store.js';

/** The answers that are kept under keys, apart from the transactions that keep them. */
export class IdempotencyKeys {
  readonly #store: IdempotencyStore;

  constructor(store: IdempotencyStore) {
    this.#store = store;
  }

  purge(): Promise<void> {
    return this.#store.purge();
  }
}
