import type { Caller, Claim, IdempotencyKey, IdempotencyStatements } from '@berth/application';
import type { Link, Statement } from '../database/link.js';

// Whoever holds the key is waited for. A key that has had its day is taken over as if it were new.
const CLAIM: Statement = {
  name: 'idempotency-claim',
  text: `INSERT INTO idempotency_key AS k (fleet, key_id, key, request_digest) VALUES ($1, $2, $3, $4)
ON CONFLICT (fleet, key_id, key) DO UPDATE SET request_digest = excluded.request_digest, status = NULL, body = NULL, created_at = excluded.created_at
  WHERE k.created_at < clock_timestamp() - interval '24 hours'`,
};
const READ: Statement = {
  name: 'idempotency-read',
  text: 'SELECT request_digest, status, body FROM idempotency_key WHERE fleet = $1 AND key_id = $2 AND key = $3',
};
const KEEP: Statement = {
  name: 'idempotency-keep',
  text: 'UPDATE idempotency_key SET status = $4, body = $5 WHERE fleet = $1 AND key_id = $2 AND key = $3',
};
const RELEASE: Statement = {
  name: 'idempotency-release',
  text: 'DELETE FROM idempotency_key WHERE fleet = $1 AND key_id = $2 AND key = $3',
};

interface KeptRow {
  readonly request_digest: string;
  readonly status: number | null;
  readonly body: string | null;
}

export class PgIdempotencyStatements implements IdempotencyStatements {
  constructor(private readonly link: Link) {}

  async claim({ fleet, keyId }: Caller, { key, requestDigest }: IdempotencyKey): Promise<Claim> {
    if ((await this.link.touch(CLAIM, [fleet, keyId, key, requestDigest])) === 1) return { kind: 'claimed' };
    const row = await this.link.row<KeptRow>(READ, [fleet, keyId, key]);
    if (row === undefined || row.status === null || row.body === null)
      throw new Error('an idempotency key was claimed and never kept');
    return { kind: 'kept', requestDigest: row.request_digest, status: row.status, body: row.body };
  }

  async keep({ fleet, keyId }: Caller, key: string, status: number, body: string): Promise<void> {
    await this.link.touch(KEEP, [fleet, keyId, key, status, body]);
  }

  async release({ fleet, keyId }: Caller, key: string): Promise<void> {
    await this.link.touch(RELEASE, [fleet, keyId, key]);
  }
}
