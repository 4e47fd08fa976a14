import { createPrivateKey } from 'node:crypto';
import {
  newTicketKey,
  type PublishedTicketKey,
  TICKET_KEY_KEPT_MILLISECONDS,
  type TicketKey,
  ticketKeyOf,
} from '@berth/application';
import type { Link, Statement } from '../database/link.js';
import { privateBytes } from './pg-ticket-key-statements.js';

const PUBLISHED: Statement = {
  name: 'ticket-key-published',
  text: `SELECT DISTINCT ON (kid) kid, public_key FROM ticket_key
         WHERE verifies_until IS NULL OR verifies_until > clock_timestamp() ORDER BY kid`,
};
const SIGNING: Statement = {
  name: 'ticket-key-signing',
  text: `SELECT private_key FROM ticket_key WHERE fleet = $1 AND state = 'signing'`,
};
const FLEETS: Statement = { name: 'ticket-key-fleets', text: 'SELECT name FROM fleet ORDER BY name' };
// Two processes may come here at once: the second waits for the first's rows, and then leaves them as they are.
const MAKE: Statement = {
  name: 'ticket-key-make',
  text: `WITH made AS (
           INSERT INTO ticket_key (fleet, kid, state, public_key, private_key)
           VALUES ($1, $2, 'signing', $3, $4), ($1, $5, 'next', $6, $7)
           ON CONFLICT DO NOTHING RETURNING kid, state)
         INSERT INTO audit (fleet, key_id, action, subject, detail)
         SELECT $1, 'start', 'ticket-key.make', kid, jsonb_build_object('state', state) FROM made`,
};
// Whoever hands in a key of their own does not want one to lie in the database as well: those there can sign no more.
const ADOPT: Statement = {
  name: 'ticket-key-adopt',
  text: `WITH adopted AS (
           INSERT INTO ticket_key (fleet, kid, state, public_key, verifies_until)
           VALUES ($1, $2, 'verifying', $3, clock_timestamp() + ($4::float8 + $5::float8) * interval '1 millisecond')
           ON CONFLICT (fleet, kid) DO UPDATE
             SET state = 'verifying', private_key = NULL, verifies_until = excluded.verifies_until
             WHERE ticket_key.verifies_until IS NULL
                OR ticket_key.verifies_until < excluded.verifies_until - $5::float8 * interval '1 millisecond'
           RETURNING kid, xmax = 0 AS is_new),
         retired AS (
           UPDATE ticket_key SET state = 'verifying', private_key = NULL,
             verifies_until = clock_timestamp() + $4::float8 * interval '1 millisecond'
           WHERE fleet = $1 AND kid <> $2 AND state <> 'verifying' RETURNING kid)
         INSERT INTO audit (fleet, key_id, action, subject, detail)
         SELECT $1, 'start', 'ticket-key.adopt', kid, '{}'::jsonb FROM adopted WHERE is_new
         UNION ALL SELECT $1, 'start', 'ticket-key.retire', kid, '{}'::jsonb FROM retired`,
};
/** How far ahead of need the time is moved up to which a key of the environment is published: one write an hour. */
const AHEAD_MILLISECONDS = 3_600_000;

/** The rows of keys as whoever signs and publishes needs them, each statement a transaction of its own. */
export class PgTicketKeys {
  constructor(private readonly link: Link) {}

  async published(): Promise<readonly PublishedTicketKey[]> {
    const rows = await this.link.rows<{ kid: string; public_key: Buffer }>(PUBLISHED, []);
    return rows.map((row) => ({ kid: row.kid, publicKey: row.public_key }));
  }

  async fleets(): Promise<readonly string[]> {
    return (await this.link.rows<{ name: string }>(FLEETS, [])).map(({ name }) => name);
  }

  /** The fleet's key that signs, made now if there was none. */
  async signing(fleet: string): Promise<TicketKey> {
    const found = await this.find(fleet);
    if (found !== undefined) return found;
    const [first, next] = [newTicketKey(), newTicketKey()];
    const bytes = [first, next].flatMap((key) => [key.kid, key.publicKey, privateBytes(key)]);
    await this.link.touch(MAKE, [fleet, ...bytes]);
    const made = await this.find(fleet);
    if (made === undefined) throw new Error(`the fleet \`${fleet}\` has no key for its tickets`);
    return made;
  }

  /** This key signs for the fleet, and stays published until its last ticket has ended. */
  async adopt(fleet: string, key: TicketKey): Promise<void> {
    await this.link.touch(ADOPT, [fleet, key.kid, key.publicKey, TICKET_KEY_KEPT_MILLISECONDS, AHEAD_MILLISECONDS]);
  }

  private async find(fleet: string): Promise<TicketKey | undefined> {
    const row = await this.link.row<{ private_key: Buffer }>(SIGNING, [fleet]);
    if (row === undefined) return undefined;
    return ticketKeyOf(createPrivateKey({ key: row.private_key, format: 'der', type: 'pkcs8' }));
  }
}
