/** What the stage-2 type of a page depends on, on the side of the VM. */
export const VMA_READS: readonly string[] = [
  '/manifest/memslots/*/mappings/*/vmFlags',
  '/manifest/memslots/*/mappings/*/memoryType',
  '/manifest/memslots/*/mappings/*/kernelMapped',
  '/manifest/memslots/*/mappings/*/backing',
  '/fingerprint/devices',
];

/** What tells whether a host can map cacheable PFNMAP memory. */
export const CACHEABLE_PFNMAP_READS: readonly string[] = [
  '/fingerprint/cpu/fwb',
  '/fingerprint/cpu/dic',
  '/fingerprint/cpu/idRegisters/ID_AA64MMFR2_EL1',
  '/fingerprint/kvm/capabilities/KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED',
];
