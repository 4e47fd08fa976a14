import { pass, reject, type SlotCheck, unknown } from '../check.js';
import { since } from '../generations.js';
import { hasFlag } from '../slot.js';
import { missingBacking } from '../vma.js';

const CARD = {
  scope: 'slot',
  phase: 'memslot',
  errno: 'EINVAL',
  failure: 'refused',
  severity: 'reject',
  sourceOutcome: 'unaffected',
  generations: since('guest-memfd'),
  cite: 'linux arch/arm64/kvm/mmu.c kvm_arch_prepare_memory_region()',
} as const;

export const guestMemfdMappable: SlotCheck = {
  ...CARD,
  id: 'guest-memfd-mappable',
  reason: 'GUEST_MEMFD_NOT_MAPPABLE',
  statement: 'A guest_memfd slot needs a file made with GUEST_MEMFD_FLAG_MMAP: arm64 takes no other.',
  expected: 'a mapping of the guest_memfd under the slot',
  remedy: 'Have the VMM create the guest_memfd with GUEST_MEMFD_FLAG_MMAP.',
  reads: ['/manifest/memslots/*/flags', '/manifest/memslots/*/mappings/*/backing'],
  test(slot) {
    const vmas = slot.vmas;
    if (hasFlag(slot, 'guest-memfd') !== true || vmas?.some((vma) => vma.backing === 'guest-memfd')) return pass;
    if (vmas === undefined || vmas.length === 0) return unknown([`${slot.at}/mappings`]);
    const missing = vmas.map(missingBacking).filter((pointer) => pointer !== undefined);
    if (missing.length > 0) return unknown(missing);
    return reject(
      { backing: vmas.map((vma) => vma.backing ?? null) },
      'No mapping of the guest_memfd stands under the slot.',
    );
  },
};

export const guestMemfdWithoutMte: SlotCheck = {
  ...CARD,
  id: 'guest-memfd-without-mte',
  reason: 'GUEST_MEMFD_WITH_MTE',
  statement: 'A VM with MTE has no guest_memfd slots.',
  expected: 'a VM without MTE',
  remedy: 'Leave the VM where it runs: no kernel takes the two together.',
  reads: ['/manifest/memslots/*/flags', '/manifest/vm/mte'],
  test(slot, { manifest }) {
    const mte = manifest.vm?.mte;
    if (hasFlag(slot, 'guest-memfd') !== true || mte === false) return pass;
    if (mte === undefined) return unknown(['/manifest/vm/mte']);
    return reject({ mte, flags: slot.flags ?? [] }, 'The VM has MTE, so its guest_memfd slot is refused.');
  },
};
