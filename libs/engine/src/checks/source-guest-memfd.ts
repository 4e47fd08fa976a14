import { pass, reject, type SlotCheck, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';
import { hasFlag } from '../slot.js';

// Hazard H12. Asked of the source: a target refuses such a slot for reasons of its own.
export const sourceGuestMemfd: SlotCheck = {
  id: 'source-guest-memfd',
  scope: 'slot',
  phase: 'source',
  reason: 'GUEST_MEMFD_NO_DIRTY_LOG',
  errno: 'EINVAL',
  failure: 'refused',
  side: 'source',
  severity: 'reject',
  sourceOutcome: 'unaffected',
  generations: EVERY_GENERATION,
  statement: 'A guest_memfd slot has no dirty log, so its memory cannot be copied while the VM runs.',
  expected: 'a slot that can log dirty pages',
  remedy: 'Back the slot with anonymous memory or memfd, or shut the VM down and start it on the target.',
  cite: 'linux virt/kvm/kvm_main.c check_memory_region_flags()',
  reads: ['/manifest/memslots/*/flags'],
  test(slot) {
    const backed = hasFlag(slot, 'guest-memfd');
    if (backed === undefined) return unknown([`${slot.at}/flags`]);
    if (!backed) return pass;
    return reject({ flags: slot.flags ?? [] }, 'The kernel refuses to log dirty pages of a guest_memfd slot.');
  },
};
