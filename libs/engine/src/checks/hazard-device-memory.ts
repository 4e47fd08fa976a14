import { rowName } from '../catalogue/catalogue.js';
import { type FaultCheck, pass, reject } from '../check.js';
import { EVERY_GENERATION, since } from '../generations.js';

const CARD = {
  scope: 'access',
  path: 'ordinary',
  phase: 'fault',
  errno: null,
  failure: 'silent',
  sourceOutcome: 'lost',
} as const;

const FACTS = ['/manifest/devices', '/manifest/memslots/*/mappings/*/device', '/fingerprint/devices'] as const;

export const hazardMmioCacheable: FaultCheck = {
  ...CARD,
  id: 'hazard-mmio-cacheable',
  reason: 'MMIO_CLAIMED_CACHEABLE',
  severity: 'reject',
  generations: EVERY_GENERATION,
  statement:
    'Hazard H3: memory that its driver maps uncached is never cacheable for the guest, whose write-backs could upset the device.',
  expected: 'the memory type that the driver gives',
  remedy: 'Correct the memory type, or leave it out: the driver tells it.',
  cite: 'linux arch/arm64/kvm/mmu.c user_mem_abort(): Normal-WB only for a VMA that is cacheable itself',
  reads: [...FACTS, '/manifest/memslots/*/mappings/*/region', '/manifest/memslots/*/mappings/*/memoryType'],
  test(vma) {
    if (!vma.overclaimed) return pass;
    const driver = vma.row === undefined ? null : rowName(vma.row);
    return reject(
      { memoryType: vma.memoryType ?? null, driver },
      'It is claimed cacheable, and its driver maps it uncached.',
    );
  },
};

export const hazardPlatformUncached: FaultCheck = {
  ...CARD,
  id: 'hazard-platform-uncached',
  reason: 'PLATFORM_DEVICE_UNCACHED',
  severity: 'warn',
  generations: since('normal-nc'),
  statement:
    'Hazard H6: stores to a platform device that are buffered may reach it after its reset; only PCI orders the two. No mainline kernel maps one so.',
  expected: 'a vfio-platform VMA without VM_ALLOW_ANY_UNCACHED',
  remedy: 'Use a mainline vfio-platform, which does not set VM_ALLOW_ANY_UNCACHED.',
  cite: 'linux drivers/vfio/platform/vfio_platform_common.c vfio_platform_mmap_mmio(); linux "KVM: arm64: Introduce new flag for non-cacheable IO memory" (6.9)',
  reads: [...FACTS, '/manifest/memslots/*/mappings/*/vmFlags'],
  test(vma, access) {
    if (access === 'execute' || vma.row?.id !== 'vfio-platform' || vma.allowAnyUncached !== true) return pass;
    return reject({ driver: vma.row.id }, 'A platform device is mapped VM_ALLOW_ANY_UNCACHED.');
  },
};

export const hazardPerPteProt: FaultCheck = {
  ...CARD,
  id: 'hazard-per-pte-prot',
  reason: 'PER_PTE_PROT',
  severity: 'warn',
  generations: since('cacheable-pfnmap'),
  statement:
    'Hazard H8: KVM takes the type of a whole VMA, and this driver gives its pages types of their own: a page that it maps uncached is Normal-WB for the guest.',
  expected: 'a driver whose pages have the type that their VMA shows',
  remedy: 'Give the guest no memory of this driver that is not RAM.',
  cite: 'linux drivers/gpu/drm/ttm/ttm_bo_vm.c ttm_bo_vm_fault_reserved(): vmf_insert_pfn_prot()',
  reads: [...FACTS, '/manifest/memslots/*/mappings/*/kernelMapped', '/manifest/memslots/*/mappings/*/backing'],
  test(vma) {
    if (vma.row?.perPteProt !== true || vma.cacheable === false || vma.mapMemory === true) return pass;
    return reject({ driver: rowName(vma.row) }, `Pages of ${vma.row.id} need not have the type that their VMA shows.`);
  },
};
