import { pass, reject, type SlotCheck } from '../check.js';
import { before, since } from '../generations.js';
import { hasFlag } from '../slot.js';

const CARD = {
  scope: 'slot',
  phase: 'memslot',
  reason: 'SLOT_FLAGS_UNSUPPORTED',
  errno: 'EINVAL',
  failure: 'refused',
  severity: 'reject',
  sourceOutcome: 'unaffected',
  cite: 'linux virt/kvm/kvm_main.c check_memory_region_flags()',
  reads: ['/manifest/memslots/*/flags'],
} as const;

/** KVM_MEM_GUEST_MEMFD is not a valid flag on arm64 before 6.18. */
export const guestMemfdFlag: SlotCheck = {
  ...CARD,
  id: 'guest-memfd-flag',
  generations: before('guest-memfd'),
  statement: 'arm64 kernels before 6.18 do not take slots backed by guest_memfd.',
  expected: 'a slot without KVM_MEM_GUEST_MEMFD',
  remedy: 'Ask for a target with a 6.18 kernel or later.',
  test(slot) {
    if (hasFlag(slot, 'guest-memfd') !== true) return pass;
    return reject({ flags: slot.flags ?? [] }, 'This kernel does not know KVM_MEM_GUEST_MEMFD on arm64.');
  },
};

export const guestMemfdFlagAlone: SlotCheck = {
  ...CARD,
  id: 'guest-memfd-flag-alone',
  generations: since('guest-memfd'),
  statement: 'A guest_memfd slot takes neither dirty logging nor READONLY.',
  expected: 'KVM_MEM_GUEST_MEMFD alone',
  remedy: 'Such a VM has no dirty log, so it cannot be pre-copied: stop it and move it cold.',
  test(slot) {
    if (hasFlag(slot, 'guest-memfd') !== true || slot.flags?.every((flag) => flag === 'guest-memfd')) return pass;
    return reject({ flags: slot.flags ?? [] }, 'KVM_MEM_GUEST_MEMFD stands beside flags that it rules out.');
  },
};
