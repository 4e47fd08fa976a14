import type { JsonObject } from '@berth/application';

/** Registers as KVM offers them to a guest, the same on the host and in the VM. */
const ID_REGISTERS = {
  CTR_EL0: '0x9444c004',
  ID_AA64PFR0_EL1: '0x11',
  ID_AA64PFR1_EL1: '0x0',
  ID_AA64ISAR0_EL1: '0x0',
  ID_AA64ISAR1_EL1: '0x0',
  ID_AA64ISAR2_EL1: '0x0',
  ID_AA64MMFR0_EL1: '0x101125',
  ID_AA64MMFR1_EL1: '0x0',
  ID_AA64MMFR2_EL1: '0x1011',
  ID_AA64MMFR3_EL1: '0x0',
};
const REGISTER_LIST = { digest: `sha256:${'a'.repeat(64)}` };

/** Sections of a fingerprint of which everything is known that a full yes to `MIGRATABLE_VM` needs. */
export const MIGRATABLE_HOST: JsonObject = {
  arch: 'aarch64',
  kernel: { release: '7.2.13', pageSize: 4096 },
  cpu: { midr: ['0x414fd0c1'], fwb: false, dic: false, idc: true, idRegisters: ID_REGISTERS },
  kvm: {
    mode: 'vhe',
    capabilities: {
      KVM_CAP_ARM_VM_IPA_SIZE: { system: 48, vm: 48 },
      KVM_CAP_GUEST_MEMFD: { system: 1, vm: 1 },
      KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED: { system: 'EINVAL', vm: 0 },
    },
    gic: ['v3'],
    counterFrequency: 1_000_000_000,
    registerList: REGISTER_LIST,
  },
  devices: [],
  vmm: { name: 'qemu', version: '11.0.0', machineTypes: ['virt-11.0'] },
};

/** Sections of a manifest: a VM with RAM and nothing else. */
export const MIGRATABLE_VM: JsonObject = {
  arch: 'aarch64',
  vm: { type: 'normal', ipaBits: 40, mte: false },
  vcpu: {
    count: 4,
    gic: 'v3',
    midr: '0x414fd0c1',
    counterFrequency: 1_000_000_000,
    idRegisters: ID_REGISTERS,
    registerList: REGISTER_LIST,
  },
  memslots: [
    {
      slot: 0,
      gpa: '0x40000000',
      size: '0x40000000',
      flags: [],
      mappings: [
        {
          offset: '0x0',
          size: '0x40000000',
          backing: 'anonymous',
          vmFlags: [],
          memoryType: 'normal',
          kernelMapped: true,
        },
      ],
    },
  ],
  devices: [],
  vmm: { name: 'qemu', version: '11.0.0', machineType: 'virt-11.0' },
};

/** Sections of a fingerprint that is no longer good for `MIGRATABLE_VM`: its IPA space is too small for it. */
export const UNFIT_HOST: JsonObject = {
  ...MIGRATABLE_HOST,
  kvm: {
    ...(MIGRATABLE_HOST['kvm'] as JsonObject),
    capabilities: {
      ...((MIGRATABLE_HOST['kvm'] as JsonObject)['capabilities'] as JsonObject),
      KVM_CAP_ARM_VM_IPA_SIZE: { system: 36, vm: 36 },
    },
  },
};

/** Sections of a VM that has memory of a device too, cacheable, as one slot under `VM_PFNMAP`. */
export const VM_WITH_DEVICE_MEMORY: JsonObject = {
  ...MIGRATABLE_VM,
  memslots: [
    ...(MIGRATABLE_VM['memslots'] as JsonObject[]),
    {
      slot: 7,
      gpa: '0x8000000000',
      size: '0x200000',
      flags: [],
      mappings: [
        {
          offset: '0x0',
          size: '0x200000',
          backing: 'device',
          vmFlags: ['pfnmap', 'shared'],
          memoryType: 'normal',
          kernelMapped: false,
        },
      ],
    },
  ],
};

/** Sections of a fingerprint whose kernel takes `VM_WITH_DEVICE_MEMORY`, and weakens that memory without a word. */
export const SILENT_HOST: JsonObject = {
  ...MIGRATABLE_HOST,
  kernel: { release: '6.12.0', pageSize: 4096 },
  kvm: {
    ...(MIGRATABLE_HOST['kvm'] as JsonObject),
    capabilities: {
      KVM_CAP_ARM_VM_IPA_SIZE: { system: 48, vm: 48 },
      KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED: { system: 0, vm: 0 },
    },
  },
};
