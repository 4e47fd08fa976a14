import type { Tx } from '@berth/application';
import type { PoolClient } from 'pg';
import { PgAuditStatements } from '../audit/pg-audit-statements.js';
import { PgEventStatements } from '../events/pg-event-statements.js';
import { PgHostStatements } from '../hosts/pg-host-statements.js';
import { PgKeyStatements } from '../keys/pg-key-statements.js';
import { PgOutboxStatements } from '../outbox/pg-outbox-statements.js';
import { PgSweepStatements } from '../sweeps/pg-sweep-statements.js';
import { PgVmStatements } from '../vms/pg-vm-statements.js';
import { Link } from './link.js';

/** All statements of one transaction, on its connection. */
export function pgTx(client: PoolClient): Tx {
  const link = new Link(client);
  return {
    hosts: new PgHostStatements(link),
    vms: new PgVmStatements(link),
    keys: new PgKeyStatements(link),
    audit: new PgAuditStatements(link),
    outbox: new PgOutboxStatements(link),
    events: new PgEventStatements(link),
    sweeps: new PgSweepStatements(link),
  };
}
