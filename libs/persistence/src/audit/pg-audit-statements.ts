import type { AuditAction, AuditStatements, Caller } from '@berth/application';
import type { Link, Statement } from '../database/link.js';

const WRITE: Statement = {
  name: 'audit-write',
  text: 'INSERT INTO audit (fleet, key_id, action, subject, detail) VALUES ($1, $2, $3, $4, $5::jsonb)',
};

export class PgAuditStatements implements AuditStatements {
  constructor(private readonly link: Link) {}

  async write(
    caller: Caller,
    action: AuditAction,
    subject: string,
    detail: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    await this.link.touch(WRITE, [caller.fleet, caller.keyId, action, subject, JSON.stringify(detail)]);
  }
}
