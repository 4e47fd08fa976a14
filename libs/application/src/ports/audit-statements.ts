import type { Caller } from '../caller.js';

export type AuditAction =
  | 'fingerprint.register'
  | 'host.patch'
  | 'host.remove'
  | 'manifest.register'
  | 'vm.patch'
  | 'vm.remove'
  | 'vm.relocate'
  | 'key.issue'
  | 'key.revoke'
  | 'sweep.start'
  | 'sweep.cancel';

export interface AuditStatements {
  /** `detail` prints as JSON; no secret goes into it. */
  write(caller: Caller, action: AuditAction, subject: string, detail: Readonly<Record<string, unknown>>): Promise<void>;
}
