import { HOST_STATES } from '@berth/engine';
import { z } from 'zod';
import { fault, invalid, type Parsed, parseWith } from '../fields/faults.js';
import { digestField, labelsPatchField, nameField, textField } from '../fields/fields.js';
import { isJsonObject } from '../json/json-value.js';
import { ROLES, type Role } from '../roles.js';

const labels = labelsPatchField()
  .optional()
  .meta({ description: 'Merged into the labels (RFC 7396); null takes a label away.' });

export const HostPatchSchema = z
  .strictObject({
    labels,
    state: z.enum(HOST_STATES).optional(),
    machineId: textField(128).optional().meta({ description: 'Agrees that this machine now answers to the name.' }),
  })
  .meta({ id: 'HostPatch' });

export const VmPatchSchema = z.strictObject({ labels }).meta({ id: 'VmPatch' });

/** A Map, so that a label may be called like something every object has. */
type Labels = ReadonlyMap<string, string | null>;

export type HostPatch = Omit<z.output<typeof HostPatchSchema>, 'labels'> & { readonly labels?: Labels };
export interface VmPatch {
  readonly labels?: Labels;
}

export const parseHostPatch = (value: unknown): Parsed<HostPatch> =>
  withLabelMap(parseWith(HostPatchSchema, value), value);
export const parseVmPatch = (value: unknown): Parsed<VmPatch> => withLabelMap(parseWith(VmPatchSchema, value), value);

function withLabelMap<T extends { labels?: Record<string, string | null> | undefined }>(
  parsed: Parsed<T>,
  value: unknown,
): Parsed<Omit<T, 'labels'> & { labels?: Labels }> {
  const hidden = isJsonObject(value) && isJsonObject(value.labels) && Object.hasOwn(value.labels, '__proto__');
  const faults = hidden
    ? [fault(['labels', '__proto__'], 'FORMAT', 'a label that starts with a letter or digit', '__proto__')]
    : [];
  if (parsed.kind === 'invalid' || hidden)
    return invalid([...(parsed.kind === 'invalid' ? parsed.faults : []), ...faults]);
  const { labels: found, ...rest } = parsed.value;
  return { kind: 'ok', value: found === undefined ? rest : { ...rest, labels: new Map(Object.entries(found)) } };
}

export const RelocationSchema = z
  .strictObject({ host: nameField(), reason: textField(512) })
  .meta({ id: 'Relocation', description: 'Corrects where a VM is said to run.' });

export type Relocation = z.output<typeof RelocationSchema>;
export const parseRelocation = (value: unknown): Parsed<Relocation> => parseWith(RelocationSchema, value);

export const HeartbeatSchema = z
  .strictObject({ bootId: textField(128), digest: digestField() })
  .meta({ id: 'Heartbeat' });

export type Heartbeat = z.output<typeof HeartbeatSchema>;
export const parseHeartbeat = (value: unknown): Parsed<Heartbeat> => parseWith(HeartbeatSchema, value);

export const KeyRequestSchema = z
  .strictObject({
    role: z.enum(ROLES),
    host: nameField()
      .optional()
      .meta({ description: 'The one host that an agent key speaks for; for agent keys only.' }),
    label: textField(128).optional(),
  })
  .meta({ id: 'KeyRequest' });

export interface KeyRequest {
  readonly role: Role;
  readonly host?: string | undefined;
  readonly label?: string | undefined;
}

export function parseKeyRequest(value: unknown): Parsed<KeyRequest> {
  const parsed = parseWith(KeyRequestSchema, value);
  if (parsed.kind === 'invalid') return parsed;
  const { role, host } = parsed.value;
  if (role === 'agent' && host === undefined)
    return invalid([fault(['host'], 'REQUIRED', 'the host that the agent speaks for', host)]);
  if (role !== 'agent' && host !== undefined)
    return invalid([fault(['host'], 'UNKNOWN_FIELD', 'a host for agent keys only', host)]);
  return parsed;
}
