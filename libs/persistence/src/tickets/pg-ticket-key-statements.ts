import type { TicketKey, TicketKeyStatements, VerifyingKey } from '@berth/application';
import type { Link, Statement } from '../database/link.js';

// Not FOR UPDATE: every new row of the fleet holds a key share on this one.
const LOCK: Statement = { name: 'ticket-key-lock', text: 'SELECT FROM fleet WHERE name = $1 FOR NO KEY UPDATE' };
const RETIRE: Statement = {
  name: 'ticket-key-retire',
  text: `UPDATE ticket_key SET state = 'verifying', private_key = NULL,
           verifies_until = clock_timestamp() + $2::float8 * interval '1 millisecond'
         WHERE fleet = $1 AND state = 'signing'`,
};
const PROMOTE: Statement = {
  name: 'ticket-key-promote',
  text: `UPDATE ticket_key SET state = 'signing' WHERE fleet = $1 AND state = 'next' RETURNING kid`,
};
const INSERT: Statement = {
  name: 'ticket-key-insert',
  text: 'INSERT INTO ticket_key (fleet, kid, state, public_key, private_key) VALUES ($1, $2, $3, $4, $5)',
};
const DROP_OTHERS: Statement = {
  name: 'ticket-key-drop-others',
  text: 'DELETE FROM ticket_key WHERE fleet = $1 AND kid IS DISTINCT FROM $2',
};
const VERIFYING: Statement = {
  name: 'ticket-key-verifying',
  text: `SELECT kid, verifies_until AS until FROM ticket_key
         WHERE fleet = $1 AND verifies_until > clock_timestamp() ORDER BY verifies_until DESC, kid`,
};

export class PgTicketKeyStatements implements TicketKeyStatements {
  constructor(private readonly link: Link) {}

  async lock(fleet: string): Promise<void> {
    await this.link.touch(LOCK, [fleet]);
  }

  async retireSigning(fleet: string, forMilliseconds: number): Promise<void> {
    await this.link.touch(RETIRE, [fleet, forMilliseconds]);
  }

  async promoteNext(fleet: string): Promise<string | undefined> {
    return (await this.link.row<{ kid: string }>(PROMOTE, [fleet]))?.kid;
  }

  async insert(fleet: string, state: 'signing' | 'next', key: TicketKey): Promise<void> {
    await this.link.touch(INSERT, [fleet, key.kid, state, key.publicKey, privateBytes(key)]);
  }

  async dropOthers(fleet: string, kid: string | undefined): Promise<void> {
    await this.link.touch(DROP_OTHERS, [fleet, kid ?? null]);
  }

  verifying(fleet: string): Promise<readonly VerifyingKey[]> {
    return this.link.rows<{ kid: string; until: Date }>(VERIFYING, [fleet]);
  }
}

export function privateBytes({ privateKey }: TicketKey): Buffer {
  return privateKey.export({ format: 'der', type: 'pkcs8' });
}
