import { pass, reject, type SlotCheck, unknown } from '../check.js';
import { since } from '../generations.js';

export const protectedSlotFlags: SlotCheck = {
  id: 'protected-slot-flags',
  scope: 'slot',
  phase: 'memslot',
  reason: 'PROTECTED_SLOT_FLAGS',
  errno: 'EPERM',
  failure: 'refused',
  severity: 'reject',
  sourceOutcome: 'unaffected',
  generations: since('protected-guest'),
  statement: 'A slot of a protected VM has neither dirty logging nor READONLY.',
  expected: 'a slot without flags',
  remedy: 'A protected VM cannot be logged, so it cannot be pre-copied: leave it where it runs.',
  cite: 'linux arch/arm64/kvm/mmu.c kvm_arch_prepare_memory_region()',
  reads: ['/manifest/vm/type', '/manifest/memslots/*/flags'],
  test(slot, { manifest }) {
    const type = manifest.vm?.type;
    if (slot.flags === undefined || (type !== undefined && type !== 'protected')) return pass;
    const flags = slot.flags.filter((flag) => flag !== 'guest-memfd');
    if (flags.length === 0) return pass;
    if (type === undefined) return unknown(['/manifest/vm/type'], { flags });
    return reject({ flags }, `A protected VM's slot cannot be registered with ${flags.join(' and ')}.`);
  },
};
