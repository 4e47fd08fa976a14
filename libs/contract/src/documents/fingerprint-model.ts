import type { Capability, Cpu, Fingerprint, HostDevice, Kvm, RegisterList } from '@berth/engine';
import type { FingerprintFields } from './fingerprint-schema.js';
import { readHex, readHexList, readHexMap } from './hex.js';

/** The facts of a document that was parsed before: nothing is checked again. */
export function fingerprintModel(fields: FingerprintFields): Fingerprint {
  return {
    machineId: fields.machineId,
    bootId: fields.bootId,
    arch: fields.arch,
    kernel: fields.kernel && { release: fields.kernel.release, pageSize: fields.kernel.pageSize },
    cpu: fields.cpu && cpuModel(fields.cpu),
    kvm: fields.kvm && kvmModel(fields.kvm),
    cca: fields.cca && { rmm: fields.cca.rmm, realmMigration: fields.cca.realmMigration },
    devices: fields.devices?.map(deviceModel),
    vmm: fields.vmm && { name: fields.vmm.name, version: fields.vmm.version, machineTypes: fields.vmm.machineTypes },
    operator: fields.operator && { containment: fields.operator.containment },
  };
}

type Section<K extends keyof FingerprintFields> = NonNullable<FingerprintFields[K]>;

function cpuModel(cpu: Section<'cpu'>): Cpu {
  return {
    midr: readHexList(cpu.midr),
    fwb: cpu.fwb,
    dic: cpu.dic,
    idc: cpu.idc,
    rme: cpu.rme,
    idRegisters: readHexMap(cpu.idRegisters),
    sanitisedIdRegisters: readHexMap(cpu.sanitisedIdRegisters),
  };
}

function kvmModel(kvm: Section<'kvm'>): Kvm {
  return {
    mode: kvm.mode,
    capabilities: kvm.capabilities && capabilities(kvm.capabilities),
    writableMasks: readHexMap(kvm.writableMasks),
    sveVectorLengths: kvm.sveVectorLengths,
    gic: kvm.gic,
    counterFrequency: kvm.counterFrequency,
    registerList: registerListModel(kvm.registerList),
  };
}

function capabilities(fields: NonNullable<Section<'kvm'>['capabilities']>): ReadonlyMap<string, Capability> {
  return new Map(Object.entries(fields).map(([name, { system, vm }]) => [name, { system, vm }]));
}

export function registerListModel(
  list: { readonly digest?: string | undefined; readonly ids?: readonly string[] | undefined } | undefined,
): RegisterList | undefined {
  return list && { digest: list.digest, ids: readHexList(list.ids) };
}

function deviceModel(device: Section<'devices'>[number]): HostDevice {
  const { migration } = device;
  return {
    address: device.address,
    vendorDevice: device.vendorDevice,
    driver: device.driver,
    migration: migration && {
      stopCopy: migration.stopCopy,
      p2p: migration.p2p,
      preCopy: migration.preCopy,
      dirtyTracking: migration.dirtyTracking,
    },
    regions: device.regions?.map((region) => ({
      index: region.index,
      size: readHex(region.size),
      vmFlags: region.vmFlags,
      memoryType: region.memoryType,
    })),
  };
}
