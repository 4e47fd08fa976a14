import type { CalibrationStatements } from '../calibration/calibration-statements.js';
import type { CatalogueStatements } from '../catalogue/catalogue-statements.js';
import type { DeadLetterStatements } from '../door/dead-letter-store.js';
import type { DriftStatements } from '../drift/drift-statements.js';
import type { EventStatements } from '../events/event-statements.js';
import type { IdempotencyStatements } from '../idempotency/idempotency-statements.js';
import type { MigrationStatements } from '../migrations/migration-statements.js';
import type { OutboxStatements } from '../outbox/outbox-statements.js';
import type { ShadowStatements } from '../shadow/shadow-statements.js';
import type { SweepStatements } from '../sweeps/sweep-statements.js';
import type { TicketKeyStatements } from '../tickets/ticket-key-statements.js';
import type { DeliveryStatements } from '../webhooks/delivery-statements.js';
import type { WebhookStatements } from '../webhooks/webhook-statements.js';
import type { AuditStatements } from './audit-statements.js';
import type { Documents } from './documents.js';
import type { HostStatements } from './host-statements.js';
import type { KeyStatements } from './key-statements.js';
import type { VmStatements } from './vm-statements.js';

/** The statements of one transaction. They are small: the rules live in the use-case, the safety in locks and constraints. */
export interface Tx {
  readonly hosts: HostStatements;
  readonly vms: VmStatements;
  readonly keys: KeyStatements;
  readonly catalogue: CatalogueStatements;
  readonly audit: AuditStatements;
  readonly outbox: OutboxStatements;
  readonly events: EventStatements;
  readonly sweeps: SweepStatements;
  readonly letters: DeadLetterStatements;
  readonly drift: DriftStatements;
  readonly webhooks: WebhookStatements;
  readonly deliveries: DeliveryStatements;
  readonly ticketKeys: TicketKeyStatements;
  readonly migrations: MigrationStatements;
  readonly calibration: CalibrationStatements;
  readonly shadow: ShadowStatements;
  readonly idempotency: IdempotencyStatements;
  /** On the transaction's own connection: who holds one and asks for another may wait for ever. */
  readonly documents: Documents;
}

export interface UnitOfWork {
  /**
   * Runs `work` in one READ COMMITTED transaction and commits when it returns. `work` may run again after a deadlock or a
   * broken link, so all it does must go through `tx`.
   */
  run<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}
