/** What a ticket pins: any of these changes, and it no longer verifies on the target. */
export interface TicketClaims {
  readonly fleet: string;
  readonly migration: string;
  readonly vm: string;
  /** The run of the VMM that may move; undefined when the manifest did not name one. */
  readonly runId: string | undefined;
  readonly source: string;
  readonly target: string;
  /** Digest of the VM's manifest. */
  readonly manifest: string;
  /** Digest of the target's fingerprint. */
  readonly fingerprint: string;
  /** The target's boot; undefined when its fingerprint did not name one. */
  readonly bootId: string | undefined;
  readonly rulebook: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

/** A key is published for so long after it signed for the last time: no ticket may outlive it. */
export const LONGEST_TICKET_MILLISECONDS = 86_400_000;

export interface TicketSigner {
  /**
   * A compact JWS (RFC 7515) under the newest key: `header.payload.signature`. It may be asked for inside a transaction: it
   * waits for none of the pool's connections. Throws for a ticket that would hold for longer than a day.
   */
  sign(claims: TicketClaims): Promise<string>;
}
