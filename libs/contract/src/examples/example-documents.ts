import { documentDigest } from '../json/digest.js';
import type { JsonObject } from '../json/json-value.js';

/** A host as it was probed: Linux 7.2 on a Neoverse N1, which has neither FWB nor DIC. Shortened. */
export const EXAMPLE_FINGERPRINT: JsonObject = {
  schema: 'berth.fingerprint/1',
  collectedAt: '2026-11-20T07:00:00.000Z',
  agent: { name: 'berth-agent', version: '0.1.0' },
  machineId: '0d601c0729099e2f78f8f8b2de1be5f9',
  bootId: 'e3d2c4f4cae845501b076ed080f54481',
  arch: 'aarch64',
  kernel: { release: '7.2.13+deb14-arm64', pageSize: 4096 },
  cpu: {
    midr: ['0x414fd0c1'],
    fwb: false,
    dic: false,
    idc: true,
    idRegisters: { CTR_EL0: '0x9444c004', ID_AA64MMFR0_EL1: '0x101125', ID_AA64MMFR2_EL1: '0x1011' },
  },
  kvm: {
    mode: 'vhe',
    capabilities: {
      KVM_CAP_ARM_VM_IPA_SIZE: { system: 48, vm: 48 },
      KVM_CAP_GUEST_MEMFD: { system: 1, vm: 1 },
      KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED: { system: 'EINVAL', vm: 0 },
    },
  },
  devices: [],
  vmm: { name: 'qemu', version: '11.0.0', machineTypes: ['virt-11.0'] },
};

/** A VM with ordinary memory in slot 0 and, in slot 7, the memory of a GPU, mapped cacheable and by PFN. */
export const EXAMPLE_MANIFEST: JsonObject = {
  schema: 'berth.manifest/1',
  arch: 'aarch64',
  host: 'gh-03',
  vm: { type: 'normal', ipaBits: 40, mte: false },
  memslots: [
    {
      slot: 0,
      gpa: '0x40000000',
      size: '0x400000000',
      flags: [],
      mappings: [
        {
          offset: '0x0',
          size: '0x400000000',
          backing: 'anonymous',
          vmFlags: ['cow'],
          memoryType: 'normal',
          kernelMapped: true,
        },
      ],
    },
    {
      slot: 7,
      gpa: '0x8000000000',
      size: '0x1800000000',
      flags: [],
      mappings: [
        {
          offset: '0x0',
          size: '0x1800000000',
          backing: 'vfio',
          vmFlags: ['pfnmap', 'shared'],
          memoryType: 'normal',
          kernelMapped: false,
        },
      ],
    },
  ],
  devices: [],
  vmm: { name: 'qemu', version: '11.0.0', machineType: 'virt-11.0' },
};

export const FINGERPRINT_DIGEST = documentDigest(EXAMPLE_FINGERPRINT);
export const MANIFEST_DIGEST = documentDigest(EXAMPLE_MANIFEST);
