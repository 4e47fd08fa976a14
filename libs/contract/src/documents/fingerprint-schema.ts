import { KVM_MODES, MEMORY_TYPES, VM_FLAGS } from '@berth/engine';
import { z } from 'zod';
import {
  byKernelName,
  countField,
  hexField,
  listDigestField,
  nameField,
  textField,
  timeField,
  vendorDeviceField,
} from '../fields/fields.js';

export const FINGERPRINT_SCHEMA = 'berth.fingerprint/1';

const agent = z.looseObject({ name: textField(128).optional(), version: textField(128).optional() });

const kernel = z.looseObject({
  release: textField(128).optional(),
  pageSize: z
    .int()
    .min(1)
    .max(2 ** 30)
    .optional(),
});

const cpu = z.looseObject({
  midr: z.array(hexField()).max(4096).optional(),
  fwb: z.boolean().optional(),
  dic: z.boolean().optional(),
  idc: z.boolean().optional(),
  rme: z.boolean().optional(),
  idRegisters: byKernelName(hexField()).optional(),
  sanitisedIdRegisters: byKernelName(hexField()).optional(),
});

const capabilityValue = z.union(
  [
    z
      .int()
      .min(-(2 ** 31))
      .max(2 ** 32),
    z.string().regex(/^E[A-Z0-9]{1,31}$/),
  ],
  {
    error: 'a whole number of 32 bits, or the name of an errno such as "EINVAL"',
  },
);

const capability = z.looseObject({ system: capabilityValue.optional(), vm: capabilityValue.optional() });

export const registerList = z.looseObject({
  digest: listDigestField().optional(),
  ids: z.array(hexField()).max(20_000).optional(),
});

export const sveVectorLengths = z.array(z.int().min(1).max(8192)).max(64);

export const counterFrequency = countField(10 ** 12);

const kvm = z.looseObject({
  mode: z.enum(KVM_MODES).optional(),
  capabilities: byKernelName(capability).optional(),
  writableMasks: byKernelName(hexField()).optional(),
  sveVectorLengths: sveVectorLengths.optional(),
  gic: z.array(textField(32)).max(32).optional(),
  counterFrequency: counterFrequency.optional(),
  registerList: registerList.optional(),
});

const cca = z.looseObject({ rmm: textField(64).optional(), realmMigration: z.boolean().optional() });

const region = z.looseObject({
  index: countField(65_535),
  size: hexField().optional(),
  vmFlags: z.array(z.enum(VM_FLAGS)).max(32).optional(),
  memoryType: z.enum(MEMORY_TYPES).optional(),
});

const migration = z.looseObject({
  stopCopy: z.boolean().optional(),
  p2p: z.boolean().optional(),
  preCopy: z.boolean().optional(),
  dirtyTracking: z.boolean().optional(),
});

const device = z.looseObject({
  address: textField(128).optional(),
  vendorDevice: vendorDeviceField().optional(),
  driver: textField(128).optional(),
  migration: migration.optional(),
  regions: z.array(region).max(1024).optional(),
});

const vmm = z.looseObject({
  name: textField(128).optional(),
  version: textField(128).optional(),
  machineTypes: z.array(textField(128)).max(4096).optional(),
});

const operator = z.looseObject({ containment: z.boolean().optional() });

/** What a host can do. Only `schema` is required: what is left out is unknown. */
export const FingerprintSchema = z
  .strictObject({
    schema: z.literal(FINGERPRINT_SCHEMA),
    collectedAt: timeField().optional(),
    agent: agent.optional(),
    machineId: textField(128).optional(),
    bootId: textField(128).optional(),
    arch: nameField().optional(),
    kernel: kernel.optional(),
    cpu: cpu.optional(),
    kvm: kvm.optional(),
    cca: cca.optional(),
    devices: z.array(device).max(4096).optional(),
    vmm: vmm.optional(),
    operator: operator.optional(),
    evidence: z.record(z.string(), z.looseObject({ source: textField(64).optional() })).optional(),
  })
  .meta({ id: 'Fingerprint', description: 'What a host can do. A fact that is left out is unknown.' });

/** A host that registers also says which machine spoke, in which boot, and when. */
export const HostFingerprintSchema = z
  .strictObject({
    ...FingerprintSchema.shape,
    collectedAt: timeField(),
    machineId: textField(128),
    bootId: textField(128),
  })
  .meta({ id: 'HostFingerprint', description: 'A fingerprint as a host registers it.' });

export type FingerprintFields = z.output<typeof FingerprintSchema>;
