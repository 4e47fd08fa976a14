import type { EventStatements } from '../events/event-statements.js';
import type { OutboxStatements } from '../outbox/outbox-statements.js';
import type { SweepStatements } from '../sweeps/sweep-statements.js';
import type { AuditStatements } from './audit-statements.js';
import type { HostStatements } from './host-statements.js';
import type { KeyStatements } from './key-statements.js';
import type { VmStatements } from './vm-statements.js';

/** The statements of one transaction. They are small: the rules live in the use-case, the safety in locks and constraints. */
export interface Tx {
  readonly hosts: HostStatements;
  readonly vms: VmStatements;
  readonly keys: KeyStatements;
  readonly audit: AuditStatements;
  readonly outbox: OutboxStatements;
  readonly events: EventStatements;
  readonly sweeps: SweepStatements;
}

export interface UnitOfWork {
  /**
   * Runs `work` in one READ COMMITTED transaction and commits when it returns. `work` may run again after a deadlock or a
   * broken link, so all it does must go through `tx`.
   */
  run<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}
