/** A public key that a ticket may be signed with. */
export interface PublishedTicketKey {
  readonly kid: string;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
}

export interface TicketKeyring {
  /** Of all fleets: whoever verifies a ticket has no key of ours to say of which fleet it is. */
  published(): Promise<readonly PublishedTicketKey[]>;
  /** `kid` of the key that this program was started with; undefined when the store's own sign. */
  readonly fixedKid: string | undefined;
  /** The next ticket of this fleet is signed by what the store then says. */
  forget(fleet: string): void;
  /** Sees to it that each fleet has its keys, so that hosts can fetch the key set before there is a ticket. */
  prepare(): Promise<void>;
}
