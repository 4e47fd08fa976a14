import { type FaultCheck, pass, reject, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';
import { missingBacking, missingFlags, missingMapMemory } from '../vma.js';

const CARD = {
  scope: 'access',
  path: 'ordinary',
  phase: 'fault',
  errno: 'EFAULT',
  failure: 'late',
  severity: 'reject',
  sourceOutcome: 'lost',
  generations: EVERY_GENERATION,
} as const;

/** Rule F9: resolving the PFN needs the host mapping to allow what the guest does; fetches are reads to it. */
export const hostMappingProtection: FaultCheck = {
  ...CARD,
  id: 'host-mapping-protection',
  reason: 'HOST_MAPPING_PROTECTION',
  statement: "The VMM's own mapping allows the access: readable, and writable where the guest writes.",
  expected: 'a VMA whose protection allows the access',
  remedy: 'Map the memory read and write in the VMM, or make the slot readonly.',
  cite: 'linux virt/kvm/kvm_main.c hva_to_pfn(), hva_to_pfn_remapped()',
  reads: ['/manifest/memslots/*/mappings/*/protection'],
  test(vma, access) {
    if (vma.readable && (access !== 'write' || vma.writable)) return pass;
    return reject(
      { protection: vma.readable ? 'r' : 'none' },
      `The VMM's mapping does not allow the guest's ${access}.`,
    );
  },
};

/** get_user_pages() refuses secretmem, and KVM has no other way to its pages. */
export const secretmem: FaultCheck = {
  ...CARD,
  id: 'secretmem',
  reason: 'SECRETMEM_UNREACHABLE',
  statement: 'Memory of memfd_secret() cannot be guest memory.',
  expected: 'memory that get_user_pages() can reach',
  remedy: 'Back the slot with anonymous memory or memfd.',
  cite: 'linux mm/gup.c check_vma_flags(): vma_is_secretmem()',
  reads: ['/manifest/memslots/*/mappings/*/backing'],
  test(vma) {
    if (vma.backing === undefined) return unknown([missingBacking(vma)]);
    return vma.backing === 'secretmem'
      ? reject({ backing: 'secretmem' }, 'KVM cannot reach pages of secretmem.')
      : pass;
  },
};

/** Its PTEs are never writable, and KVM does not break the copy-on-write of PFN mappings. */
export const cowPfnmapWrite: FaultCheck = {
  ...CARD,
  id: 'cow-pfnmap-write',
  reason: 'COW_PFNMAP_WRITE',
  statement: 'A guest cannot write to a private (copy-on-write) VM_PFNMAP VMA.',
  expected: 'a shared mapping, or no writes',
  remedy: 'Map the device memory MAP_SHARED in the VMM.',
  cite: 'linux virt/kvm/kvm_main.c hva_to_pfn_remapped(): a present PTE that is not writable',
  reads: ['/manifest/memslots/*/mappings/*/vmFlags', '/fingerprint/devices'],
  test(vma, access) {
    if (access !== 'write' || vma.pfnmap === false || vma.cow === false) return pass;
    if (vma.pfnmap === undefined) return unknown([missingFlags(vma, vma.pfnmap)]);
    return reject({ pfnmap: true, cow: true }, 'The guest writes to a copy-on-write VM_PFNMAP VMA.');
  },
};

/** Special PTEs cannot be pinned, and KVM looks PFNs up in the page table under VM_IO and VM_PFNMAP alone. */
export const mixedmapUnreachable: FaultCheck = {
  ...CARD,
  id: 'mixedmap-unreachable',
  reason: 'MIXEDMAP_UNREACHABLE',
  statement: "A driver's VM_MIXEDMAP VMA over pages outside map memory needs VM_IO, or KVM cannot find its pages.",
  expected: 'VM_IO or VM_PFNMAP beside VM_MIXEDMAP',
  remedy: 'Have the driver map the memory with VM_PFNMAP.',
  cite: 'linux virt/kvm/kvm_main.c hva_to_pfn(); recorded in every generation',
  reads: [
    '/manifest/memslots/*/mappings/*/vmFlags',
    '/manifest/memslots/*/mappings/*/backing',
    '/manifest/memslots/*/mappings/*/kernelMapped',
    '/fingerprint/devices',
  ],
  test(vma) {
    const byDriver = vma.backing === undefined ? undefined : vma.backing === 'device' || vma.backing === 'vfio';
    if (vma.mixedmap === false || vma.pfnmap === true || vma.io === true) return pass;
    if (byDriver === false || vma.mapMemory === true) return pass;
    if (vma.mixedmap === undefined || vma.pfnmap === undefined || byDriver === undefined || vma.mapMemory === undefined)
      return unknown([missingFlags(vma, vma.mixedmap && vma.pfnmap), missingBacking(vma), missingMapMemory(vma)]);
    return reject(
      { mixedmap: true, io: false },
      'KVM cannot find the pages behind a VM_MIXEDMAP VMA that is not VM_IO.',
    );
  },
};
