import type { Cpu, Fingerprint, HostDevice, Kvm, Manifest, Mapping, Memslot, RegisterList, Vcpu } from '@berth/engine';
import type { JsonObject } from '../json/json-value.js';
import { FINGERPRINT_SCHEMA } from './fingerprint-schema.js';
import { printHex, printHexMap } from './hex.js';
import { MANIFEST_SCHEMA } from './manifest-schema.js';

/** When and by whom a fingerprint was taken: outside the facts, so outside the model. */
export interface Collected {
  readonly collectedAt?: string | undefined;
  readonly agent?: { readonly name?: string; readonly version?: string } | undefined;
}

export function printFingerprint(facts: Fingerprint, collected: Collected = {}): JsonObject {
  const { cpu, kvm } = facts;
  return known({
    schema: FINGERPRINT_SCHEMA,
    ...collected,
    machineId: facts.machineId,
    bootId: facts.bootId,
    arch: facts.arch,
    kernel: facts.kernel,
    cpu: cpu && printCpu(cpu),
    kvm: kvm && printKvm(kvm),
    cca: facts.cca,
    devices: facts.devices?.map(printDevice),
    vmm: facts.vmm,
    operator: facts.operator,
  });
}

function printCpu(cpu: Cpu): object {
  return {
    ...cpu,
    midr: cpu.midr?.map(printHex),
    idRegisters: printHexMap(cpu.idRegisters),
    sanitisedIdRegisters: printHexMap(cpu.sanitisedIdRegisters),
  };
}

function printKvm(kvm: Kvm): object {
  return {
    ...kvm,
    capabilities: kvm.capabilities && Object.fromEntries(kvm.capabilities),
    writableMasks: printHexMap(kvm.writableMasks),
    registerList: printRegisterList(kvm.registerList),
  };
}

function printRegisterList(list: RegisterList | undefined): object | undefined {
  return list && { digest: list.digest, ids: list.ids?.map(printHex) };
}

function printDevice(device: HostDevice): object {
  return {
    ...device,
    regions: device.regions?.map((region) => ({
      ...region,
      size: region.size === undefined ? undefined : printHex(region.size),
    })),
  };
}

export function printManifest(needs: Manifest): JsonObject {
  const { vcpu } = needs;
  return known({
    schema: MANIFEST_SCHEMA,
    arch: needs.arch,
    host: needs.host,
    runId: needs.runId,
    vm: needs.vm,
    vcpu: vcpu && printVcpu(vcpu),
    memslots: needs.memslots?.map(printMemslot),
    devices: needs.devices,
    vmm: needs.vmm,
  });
}

function printVcpu(vcpu: Vcpu): object {
  return {
    ...vcpu,
    gicvGpa: vcpu.gicvGpa === undefined ? undefined : printHex(vcpu.gicvGpa),
    midr: vcpu.midr === undefined ? undefined : printHex(vcpu.midr),
    idRegisters: printHexMap(vcpu.idRegisters),
    registerList: printRegisterList(vcpu.registerList),
  };
}

function printMemslot(slot: Memslot): object {
  return {
    ...slot,
    gpa: printHex(slot.gpa),
    size: printHex(slot.size),
    mappings: slot.mappings?.map(printMapping),
    mappingsAtFault: slot.mappingsAtFault?.map(printMapping),
  };
}

function printMapping(mapping: Mapping): object {
  const protection = mapping.protection === 'rw' ? undefined : mapping.protection;
  return { ...mapping, offset: printHex(mapping.offset), size: printHex(mapping.size), protection };
}

/** What is unknown is left out, at every level. */
function known(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}
