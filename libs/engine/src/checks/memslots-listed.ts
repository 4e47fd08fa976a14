import { absent, type HostCheck, pass, type SlotCheck, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';

const CARD = {
  phase: 'memslot',
  reason: 'MEMSLOTS_NOT_LISTED',
  errno: 'EINVAL',
  failure: 'refused',
  severity: 'reject',
  sourceOutcome: 'unaffected',
  generations: EVERY_GENERATION,
  statement: 'The manifest lists every memslot with its flags and every VMA under it.',
  expected: 'every memslot, its flags and its VMAs',
  remedy: 'Register a manifest that lists them; `[]` says that there is none.',
  cite: 'linux virt/kvm/kvm_main.c kvm_set_memory_region(): each slot is asked on its own',
} as const;

export const memslotsListed: HostCheck = {
  ...CARD,
  id: 'memslots-listed',
  scope: 'vm',
  reads: ['/manifest/memslots'],
  test: ({ manifest }) => (manifest.memslots === undefined ? unknown(['/manifest/memslots']) : pass),
};

export const slotListed: SlotCheck = {
  ...CARD,
  id: 'slot-listed',
  scope: 'slot',
  reads: ['/manifest/memslots/*/flags', '/manifest/memslots/*/mappings'],
  test(slot) {
    if (slot.flags !== undefined && slot.vmas !== undefined) return pass;
    return unknown([absent(slot.flags, `${slot.at}/flags`), absent(slot.vmas, `${slot.at}/mappings`)]);
  },
};
