import type { Caller } from '../caller.js';

export type AuditAction =
  | 'fingerprint.register'
  | 'host.patch'
  | 'host.remove'
  | 'host.quarantine'
  | 'manifest.register'
  | 'vm.patch'
  | 'vm.remove'
  | 'vm.relocate'
  | 'key.issue'
  | 'key.revoke'
  | 'catalogue.put'
  | 'catalogue.remove'
  | 'shadow.set'
  | 'shadow.remove'
  | 'ticket-key.make'
  | 'ticket-key.adopt'
  | 'ticket-key.retire'
  | 'ticket-key.rotate'
  | 'sweep.start'
  | 'sweep.cancel'
  | 'dead-letter.redrive'
  | 'webhook.create'
  | 'webhook.patch'
  | 'webhook.remove'
  | 'webhook.rotate'
  | 'webhook.test'
  | 'webhook.replay'
  | 'webhook.disable'
  | 'migration.open'
  | 'migration.verify'
  | 'migration.start'
  | 'migration.report'
  | 'migration.cancel'
  | 'migration.revoke'
  | 'migration.expire'
  | 'migration.deadline'
  | 'migration.reissue';

export interface AuditStatements {
  /** `detail` prints as JSON; no secret goes into it. */
  write(caller: Caller, action: AuditAction, subject: string, detail: Readonly<Record<string, unknown>>): Promise<void>;
}
