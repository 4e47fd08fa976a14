import type { JsonObject } from '../json.js';

/** What can happen. On the wire each has the prefix `dev.berth.` and the suffix `.v1`. */
export type EventType =
  | 'host.registered'
  | 'host.changed'
  | 'host.patched'
  | 'host.removed'
  | 'host.rebooted'
  | 'host.quarantined'
  | 'vm.registered'
  | 'vm.changed'
  | 'vm.relocated'
  | 'vm.removed'
  | 'vm.targets-few'
  | 'answer.changed'
  | 'migration.admitted'
  | 'migration.verified'
  | 'migration.started'
  | 'migration.landed'
  | 'migration.aborted'
  | 'migration.revoked'
  | 'migration.unreported'
  | 'webhook.disabled';

export interface NewEvent {
  readonly type: EventType;
  /** `hosts/{host}`, `vms/{vm}`, `migrations/{id}` or `webhooks/{id}`: events of one subject keep their order. */
  readonly subject: string;
  /** Ids and revisions, never documents or secrets: whoever receives it reads again. */
  readonly data: JsonObject;
}

export interface EventStatements {
  /**
   * Written with the change that it tells of, and told after the commit. The caller holds the lock of the subject's row, so
   * that events of one subject are written in the order of its changes.
   */
  emit(fleet: string, event: NewEvent): Promise<void>;
}
