import {
  LONGEST_TICKET_MILLISECONDS,
  type PublishedTicketKey,
  TICKET_KEY_REMEMBERED_MILLISECONDS,
  type TicketClaims,
  type TicketKey,
  type TicketKeyring,
  type TicketSigner,
} from '@berth/application';
import { printTicket, TICKET_ALGORITHM, TICKET_TYPE } from '@berth/contract/tickets';
import { CompactSign } from 'jose';
import type { PgTicketKeys } from './pg-ticket-keys.js';

interface Remembered {
  readonly key: Promise<TicketKey>;
  readonly until: number;
}

/**
 * Signs tickets and publishes what verifies them; a private key never leaves this room. It has a connection apart from the
 * pool: who asks for a signature may hold one of the pool's, and all who hold one could otherwise wait for one more.
 */
export class TicketOffice implements TicketSigner, TicketKeyring {
  private readonly remembered = new Map<string, Remembered>();

  /** `fixed` signs for every fleet, in place of the keys in the database. */
  constructor(
    private readonly onPool: PgTicketKeys,
    private readonly apart: PgTicketKeys,
    private readonly fixed: TicketKey | undefined,
  ) {}

  get fixedKid(): string | undefined {
    return this.fixed?.kid;
  }

  async sign(claims: TicketClaims): Promise<string> {
    const milliseconds = claims.expiresAt.getTime() - claims.issuedAt.getTime();
    if (!(milliseconds <= LONGEST_TICKET_MILLISECONDS))
      throw new Error('a ticket holds for a day at most: the key that verifies it is not kept for longer');
    const { kid, privateKey } = await this.signing(claims.fleet);
    return new CompactSign(Buffer.from(JSON.stringify(printTicket(claims))))
      .setProtectedHeader({ alg: TICKET_ALGORITHM, typ: TICKET_TYPE, kid })
      .sign(privateKey);
  }

  async published(): Promise<readonly PublishedTicketKey[]> {
    const stored = await this.onPool.published();
    const { fixed } = this;
    return fixed === undefined ? stored : [fixed, ...stored.filter(({ kid }) => kid !== fixed.kid)].map(publicHalf);
  }

  forget(fleet: string): void {
    this.remembered.delete(fleet);
  }

  async prepare(): Promise<void> {
    for (const fleet of await this.apart.fleets()) await this.signing(fleet);
  }

  /** Asked once by however many want it at the same time, and remembered from before the question. */
  private signing(fleet: string): Promise<TicketKey> {
    const known = this.remembered.get(fleet);
    if (known !== undefined && known.until > performance.now()) return known.key;
    const asked = { key: this.load(fleet), until: performance.now() + TICKET_KEY_REMEMBERED_MILLISECONDS };
    this.remembered.set(fleet, asked);
    asked.key.catch(() => {
      if (this.remembered.get(fleet) === asked) this.forget(fleet);
    });
    return asked.key;
  }

  private async load(fleet: string): Promise<TicketKey> {
    if (this.fixed === undefined) return this.apart.signing(fleet);
    await this.apart.adopt(fleet, this.fixed);
    return this.fixed;
  }
}

function publicHalf({ kid, publicKey }: PublishedTicketKey): PublishedTicketKey {
  return { kid, publicKey };
}
