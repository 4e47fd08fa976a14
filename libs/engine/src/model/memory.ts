/** What a VMA's pgprot asks for: the AttrIndx of `vma->vm_page_prot`. */
export const MEMORY_TYPES = ['normal', 'normal-tagged', 'normal-nc', 'device-nGnRE', 'device-nGnRnE'] as const;
export type MemoryType = (typeof MEMORY_TYPES)[number];

/** The VM_* flags of a VMA that KVM/arm64 reads, and those that tell kinds of memory apart. */
export const VM_FLAGS = [
  'pfnmap',
  'mixedmap',
  'io',
  'hugetlb',
  'shared',
  'cow',
  'mte-allowed',
  'allow-any-uncached',
] as const;
export type VmFlag = (typeof VM_FLAGS)[number];

export const BACKINGS = [
  'anonymous',
  'memfd',
  'shmem',
  'hugetlb',
  'file',
  'devdax',
  'secretmem',
  'guest-memfd',
  'vfio',
  'device',
] as const;
export type Backing = (typeof BACKINGS)[number];

export const PROTECTIONS = ['rw', 'r', 'none'] as const;
export type Protection = (typeof PROTECTIONS)[number];

export const ACCESSES = ['read', 'write', 'execute'] as const;
export type Access = (typeof ACCESSES)[number];

/** KVM_MEM_LOG_DIRTY_PAGES, KVM_MEM_READONLY, KVM_MEM_GUEST_MEMFD. */
export const SLOT_FLAGS = ['log-dirty-pages', 'readonly', 'guest-memfd'] as const;
export type SlotFlag = (typeof SLOT_FLAGS)[number];

/** The memory type that stands in the stage-2 descriptor KVM installs. */
export const STAGE2_TYPES = ['normal-wb', 'normal-nc', 'device-nGnRE'] as const;
export type Stage2Type = (typeof STAGE2_TYPES)[number];

/** `fwb`: hardware makes it needless; `by-va`: KVM cleans and invalidates through its linear map; `none`: never cached. */
export const CACHE_MAINTENANCE = ['fwb', 'by-va', 'none'] as const;
export type CacheMaintenance = (typeof CACHE_MAINTENANCE)[number];
