import type { Manifest, Mapping, Memslot, Vcpu } from '@berth/engine';
import { registerListModel } from './fingerprint-model.js';
import { readHex, readHexMap } from './hex.js';
import type { ManifestFields, MappingFields, MemslotFields } from './manifest-schema.js';

/** The needs of a document that was parsed before: nothing is checked again. */
export function manifestModel(fields: ManifestFields): Manifest {
  const { vm, vmm } = fields;
  return {
    arch: fields.arch,
    host: fields.host,
    runId: fields.runId,
    vm: vm && { type: vm.type, ipaBits: vm.ipaBits, mte: vm.mte, enabledCapabilities: vm.enabledCapabilities },
    vcpu: fields.vcpu && vcpuModel(fields.vcpu),
    memslots: fields.memslots?.map(memslotModel),
    devices: fields.devices?.map(({ name, vendorDevice, driver, viommu }) => ({ name, vendorDevice, driver, viommu })),
    vmm: vmm && { name: vmm.name, version: vmm.version, machineType: vmm.machineType },
  };
}

function vcpuModel(vcpu: NonNullable<ManifestFields['vcpu']>): Vcpu {
  return {
    count: vcpu.count,
    sveVectorLengths: vcpu.sveVectorLengths,
    gic: vcpu.gic,
    gicvGpa: readHex(vcpu.gicvGpa),
    hasEl2: vcpu.hasEl2,
    midr: readHex(vcpu.midr),
    counterFrequency: vcpu.counterFrequency,
    idRegisters: readHexMap(vcpu.idRegisters),
    registerList: registerListModel(vcpu.registerList),
  };
}

function memslotModel(slot: MemslotFields): Memslot {
  return {
    slot: slot.slot,
    gpa: BigInt(slot.gpa),
    size: BigInt(slot.size),
    flags: slot.flags,
    mappings: slot.mappings?.map(mappingModel),
    mappingsAtFault: slot.mappingsAtFault?.map(mappingModel),
  };
}

function mappingModel(mapping: MappingFields): Mapping {
  return {
    offset: BigInt(mapping.offset),
    size: BigInt(mapping.size),
    backing: mapping.backing,
    vmFlags: mapping.vmFlags,
    memoryType: mapping.memoryType,
    kernelMapped: mapping.kernelMapped,
    protection: mapping.protection ?? 'rw',
    access: mapping.access,
    device: mapping.device,
    region: mapping.region,
  };
}
