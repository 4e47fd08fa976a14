import type { TicketKey } from './ticket-key.js';

/** A key whose tickets may still be used, although nothing is signed with it any more. */
export interface VerifyingKey {
  readonly kid: string;
  readonly until: Date;
}

/** The keys of one fleet: one signs, one is published ahead of its turn, and those before go on verifying for a while. */
export interface TicketKeyStatements {
  /** Until the end of the transaction nobody else moves this fleet's keys. */
  lock(fleet: string): Promise<void>;
  /** Erases the private half of the key that signs, and leaves the public one in the key set for so long from now. */
  retireSigning(fleet: string, forMilliseconds: number): Promise<void>;
  /** The key that was published ahead signs from now on; undefined when there was none. */
  promoteNext(fleet: string): Promise<string | undefined>;
  insert(fleet: string, state: 'signing' | 'next', key: TicketKey): Promise<void>;
  /** Every key but this one leaves the key set, at once. */
  dropOthers(fleet: string, kid: string | undefined): Promise<void>;
  verifying(fleet: string): Promise<readonly VerifyingKey[]>;
}
