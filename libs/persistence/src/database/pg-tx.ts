import type { Tx } from '@berth/application';
import type { PoolClient } from 'pg';
import { PgAuditStatements } from '../audit/pg-audit-statements.js';
import { PgCalibrationStatements } from '../calibration/pg-calibration-statements.js';
import { PgCatalogueStatements } from '../catalogue/pg-catalogue-statements.js';
import type { PrismaDocuments } from '../documents/prisma-documents.js';
import { PgDeadLetterStatements } from '../door/pg-dead-letter-statements.js';
import { PgDriftStatements } from '../drift/pg-drift-statements.js';
import { PgEventStatements } from '../events/pg-event-statements.js';
import { PgHostStatements } from '../hosts/pg-host-statements.js';
import { PgIdempotencyStatements } from '../idempotency/pg-idempotency-statements.js';
import { PgKeyStatements } from '../keys/pg-key-statements.js';
import { PgMigrationStatements } from '../migrations/pg-migration-statements.js';
import { PgOutboxStatements } from '../outbox/pg-outbox-statements.js';
import { PgShadowStatements } from '../shadow/pg-shadow-statements.js';
import { PgSweepStatements } from '../sweeps/pg-sweep-statements.js';
import { PgTicketKeyStatements } from '../tickets/pg-ticket-key-statements.js';
import { PgVmStatements } from '../vms/pg-vm-statements.js';
import { PgDeliveryStatements } from '../webhooks/pg-delivery-statements.js';
import { PgWebhookStatements } from '../webhooks/pg-webhook-statements.js';
import { Link } from './link.js';

/** What the transactions of one database share. */
export interface TxShared {
  readonly documents: PrismaDocuments;
  /** For how long facts hold of a host that never sent a heartbeat. */
  readonly factTtlMilliseconds: number;
}

/** All statements of one transaction, on its connection. */
export function pgTx(client: PoolClient, shared: TxShared): Tx & { readonly events: PgEventStatements } {
  const link = new Link(client);
  return {
    hosts: new PgHostStatements(link),
    vms: new PgVmStatements(link),
    keys: new PgKeyStatements(link),
    catalogue: new PgCatalogueStatements(link),
    audit: new PgAuditStatements(link),
    outbox: new PgOutboxStatements(link),
    events: new PgEventStatements(link),
    sweeps: new PgSweepStatements(link),
    letters: new PgDeadLetterStatements(link),
    drift: new PgDriftStatements(link),
    webhooks: new PgWebhookStatements(link),
    deliveries: new PgDeliveryStatements(link),
    ticketKeys: new PgTicketKeyStatements(link),
    migrations: new PgMigrationStatements(link, shared.factTtlMilliseconds),
    calibration: new PgCalibrationStatements(link),
    shadow: new PgShadowStatements(link),
    idempotency: new PgIdempotencyStatements(link),
    documents: shared.documents.on(link),
  };
}
