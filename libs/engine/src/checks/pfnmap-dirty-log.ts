import { absent, type MappingCheck, pass, reject, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';
import { hasFlag } from '../slot.js';
import { missingFlags } from '../vma.js';

// FLAGS_ONLY walks the VMAs again, so turning logging on later is refused just so.
export const pfnmapDirtyLog: MappingCheck = {
  id: 'pfnmap-dirty-log',
  scope: 'mapping',
  phase: 'memslot',
  reason: 'PFNMAP_DIRTY_LOG',
  errno: 'EINVAL',
  failure: 'refused',
  severity: 'reject',
  sourceOutcome: 'unaffected',
  generations: EVERY_GENERATION,
  statement: 'A slot over a VM_PFNMAP VMA has no dirty log.',
  expected: 'a slot without KVM_MEM_LOG_DIRTY_PAGES, or without VM_PFNMAP under it',
  remedy: 'Register the slot without dirty logging; device memory is tracked by its driver.',
  cite: 'linux arch/arm64/kvm/mmu.c kvm_arch_prepare_memory_region()',
  reads: ['/manifest/memslots/*/flags', '/manifest/memslots/*/mappings/*/vmFlags', '/fingerprint/devices'],
  test(vma, slot) {
    const logging = hasFlag(slot, 'log-dirty-pages');
    if (logging === false || vma.pfnmap === false) return pass;
    if (logging === true && vma.pfnmap === true)
      return reject(
        { flags: slot.flags ?? [], pfnmap: true },
        'The slot logs dirty pages, and the VMA under it is VM_PFNMAP.',
      );
    return unknown([absent(logging, `${slot.at}/flags`), missingFlags(vma, vma.pfnmap)]);
  },
};
