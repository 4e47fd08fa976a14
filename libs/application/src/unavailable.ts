export type UnavailableCause = 'unreachable' | 'timeout' | 'overloaded' | 'storage-full';

/**
 * The store did not answer. What was asked may or may not have been done: the caller asks again, and every use-case
 * gives the same answer to the same question.
 */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';

  constructor(
    readonly why: UnavailableCause,
    options?: { cause: unknown },
  ) {
    super(`the store is not available: ${why}`, options);
  }
}
