import type { KeyStatements, NewKey } from '@berth/application';
import type { Link, Statement } from '../database/link.js';

const INSERT: Statement = {
  name: 'key-insert',
  text: 'INSERT INTO api_key (fleet, id, secret_hash, role, host, label) VALUES ($1, $2, $3, $4, $5, $6)',
};
const REVOKE: Statement = {
  name: 'key-revoke',
  text: 'UPDATE api_key SET revoked_at = now() WHERE fleet = $1 AND id = $2 AND revoked_at IS NULL',
};

export class PgKeyStatements implements KeyStatements {
  constructor(private readonly link: Link) {}

  async insert(key: NewKey): Promise<void> {
    await this.link.touch(INSERT, [key.fleet, key.id, key.secretHash, key.role, key.host ?? null, key.label ?? null]);
  }

  async revoke(fleet: string, id: string): Promise<boolean> {
    return (await this.link.touch(REVOKE, [fleet, id])) === 1;
  }
}
