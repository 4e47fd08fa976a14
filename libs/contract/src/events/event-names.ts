/** Every kind of event. On the wire each has the prefix `dev.berth.` and the suffix `.v1`. */
export const EVENT_NAMES = [
  'host.registered',
  'host.changed',
  'host.patched',
  'host.removed',
  'host.rebooted',
  'host.quarantined',
  'vm.registered',
  'vm.changed',
  'vm.relocated',
  'vm.removed',
  'vm.targets-few',
  'answer.changed',
  'migration.admitted',
  'migration.verified',
  'migration.started',
  'migration.landed',
  'migration.aborted',
  'migration.revoked',
  'migration.unreported',
  'webhook.disabled',
] as const;

export type EventName = (typeof EVENT_NAMES)[number];
export type CloudEventType = `dev.berth.${EventName}.v1`;

export const cloudEventType = (name: EventName): CloudEventType => `dev.berth.${name}.v1`;

export const CLOUD_EVENT_TYPES: readonly CloudEventType[] = EVENT_NAMES.map(cloudEventType);

/** The other way; undefined for a type that Berth does not have. */
export const eventNameOf = (type: string): EventName | undefined =>
  EVENT_NAMES.find((name) => cloudEventType(name) === type);
