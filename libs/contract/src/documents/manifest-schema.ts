import { ACCESSES, BACKINGS, MEMORY_TYPES, PROTECTIONS, SLOT_FLAGS, VM_FLAGS, VM_TYPES } from '@berth/engine';
import { z } from 'zod';
import {
  byKernelName,
  countField,
  hexField,
  kernelNameField,
  nameField,
  textField,
  timeField,
  vendorDeviceField,
} from '../fields/fields.js';
import { counterFrequency, registerList, sveVectorLengths } from './fingerprint-schema.js';

export const MANIFEST_SCHEMA = 'berth.manifest/1';

const mapping = z.looseObject({
  offset: hexField(),
  size: hexField(),
  backing: z.enum(BACKINGS).optional(),
  vmFlags: z.array(z.enum(VM_FLAGS)).max(32).optional(),
  memoryType: z.enum(MEMORY_TYPES).optional(),
  kernelMapped: z.boolean().optional(),
  protection: z.enum(PROTECTIONS).optional(),
  access: z.array(z.enum(ACCESSES)).max(8).optional(),
  device: nameField().optional(),
  region: countField(65_535).optional(),
});

const memslot = z.looseObject({
  slot: countField(2 ** 32 - 1),
  gpa: hexField(),
  size: hexField(),
  flags: z.array(z.enum(SLOT_FLAGS)).max(32).optional(),
  mappings: z.array(mapping).max(65_536).optional(),
  mappingsAtFault: z.array(mapping).max(65_536).optional(),
});

const vm = z.looseObject({
  type: z.enum(VM_TYPES).optional(),
  ipaBits: countField(64).optional(),
  mte: z.boolean().optional(),
  enabledCapabilities: z.array(kernelNameField()).max(256).optional(),
});

const vcpu = z.looseObject({
  count: countField(65_536).optional(),
  sveVectorLengths: sveVectorLengths.optional(),
  gic: textField(32).optional(),
  gicvGpa: hexField().optional(),
  hasEl2: z.boolean().optional(),
  midr: hexField().optional(),
  counterFrequency: counterFrequency.optional(),
  idRegisters: byKernelName(hexField()).optional(),
  registerList: registerList.optional(),
});

const device = z.looseObject({
  name: nameField(),
  vendorDevice: vendorDeviceField().optional(),
  driver: textField(128).optional(),
  viommu: z.boolean().optional(),
});

const vmm = z.looseObject({
  name: textField(128).optional(),
  version: textField(128).optional(),
  machineType: textField(128).optional(),
});

/** What a VM needs. Only `schema` is required: what is left out is unknown. */
export const ManifestSchema = z
  .strictObject({
    schema: z.literal(MANIFEST_SCHEMA),
    collectedAt: timeField().optional(),
    agent: z.looseObject({ name: textField(128).optional(), version: textField(128).optional() }).optional(),
    arch: nameField().optional(),
    host: nameField().optional(),
    runId: textField(128).optional(),
    vm: vm.optional(),
    vcpu: vcpu.optional(),
    memslots: z.array(memslot).max(32_768).optional(),
    devices: z.array(device).max(4096).optional(),
    vmm: vmm.optional(),
    evidence: z.record(z.string(), z.looseObject({ source: textField(64).optional() })).optional(),
  })
  .meta({ id: 'Manifest', description: 'What a VM needs. What is left out is unknown.' });

export type ManifestFields = z.output<typeof ManifestSchema>;
export type MappingFields = z.output<typeof mapping>;
export type MemslotFields = z.output<typeof memslot>;
