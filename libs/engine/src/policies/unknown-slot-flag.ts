import { pass, reject, type SlotCheck, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';
import type { Vma } from '../vma.js';
import { missingFlags, missingType } from '../vma.js';

/** User space that sets bit 3 as the posted series had it meets kernels that never took it. */
export const unknownSlotFlag: SlotCheck = {
  id: 'unknown-slot-flag',
  scope: 'slot',
  phase: 'memslot',
  reason: 'SLOT_FLAGS_UNSUPPORTED',
  errno: 'EINVAL',
  failure: 'refused',
  severity: 'reject',
  sourceOutcome: 'unaffected',
  generations: EVERY_GENERATION,
  statement: 'No kernel that was merged takes the memslot flag for cacheable device memory: bit 3.',
  expected: 'a slot without bit 3 in its flags',
  remedy: 'Have the VMM leave the flag out: kernels since 6.17 go by the VMA.',
  cite: 'linux virt/kvm/kvm_main.c check_memory_region_flags(), kvm_vm_ioctl()',
  reads: [
    '/manifest/memslots/*/mappings/*/vmFlags',
    '/manifest/memslots/*/mappings/*/memoryType',
    '/fingerprint/devices',
  ],
  test(slot, { target }) {
    if (target.patch?.unknownFlag !== true) return pass;
    if (slot.vmas === undefined) return unknown([`${slot.at}/mappings`]);
    if (slot.vmas.some((vma) => vma.pfnmap === true && vma.cacheable === true))
      return reject({ flags: slot.flags ?? null, bit3: true }, 'This kernel does not know bit 3 of the memslot flags.');
    const missing = slot.vmas.filter(mayBeCacheablePfnmap).flatMap(missingOf);
    return missing.length === 0 ? pass : unknown(missing);
  },
};

function mayBeCacheablePfnmap(vma: Vma): boolean {
  return vma.pfnmap !== false && vma.cacheable !== false;
}

function missingOf(vma: Vma): readonly string[] {
  return [missingFlags(vma, vma.pfnmap), missingType(vma)].filter((pointer) => pointer !== undefined);
}
