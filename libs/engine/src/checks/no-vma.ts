import { pass, reject, type SlotCheck, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';
import { hasFlag, rangeOf, type Slot } from '../slot.js';

/** A hole is not an error at registration: the walk simply ends. */
export const noVma: SlotCheck = {
  id: 'no-vma',
  scope: 'slot',
  phase: 'fault',
  reason: 'NO_VMA',
  errno: 'EFAULT',
  failure: 'late',
  severity: 'reject',
  sourceOutcome: 'lost',
  generations: EVERY_GENERATION,
  statement: 'A guest that touches a slot with nothing mapped under it makes KVM_RUN fail.',
  expected: 'a VMA under the slot',
  remedy: 'Map the memory before the guest runs, or leave the slot out.',
  cite: 'linux arch/arm64/kvm/mmu.c user_mem_abort(): vma_lookup()',
  reads: ['/manifest/memslots/*/mappings', '/manifest/memslots/*/mappingsAtFault', '/manifest/memslots/*/flags'],
  test(slot) {
    if (slot.vmasAtFault?.length !== 0 || hasFlag(slot, 'guest-memfd') === true) return pass;
    if (slot.flags === undefined) return unknown([`${slot.at}/flags`]);
    return reject({ range: rangeOf(slot.gpa, slot.size) }, `Nothing is mapped under ${rangeOf(slot.gpa, slot.size)}.`);
  },
};

export const holeInSlot: SlotCheck = {
  id: 'hole-in-slot',
  scope: 'slot',
  phase: 'fault',
  reason: 'HOLE_IN_SLOT',
  errno: 'EFAULT',
  failure: 'late',
  severity: 'warn',
  sourceOutcome: 'lost',
  generations: EVERY_GENERATION,
  statement:
    'A guest that touches a hole between the VMAs of a slot makes KVM_RUN fail, on the source as on the target.',
  expected: 'VMAs without a hole between them',
  remedy: 'See that the guest does not touch the hole, or split the slot.',
  cite: 'linux arch/arm64/kvm/mmu.c user_mem_abort(): vma_lookup()',
  reads: [
    '/manifest/memslots/*/mappings',
    '/manifest/memslots/*/mappingsAtFault',
    '/manifest/memslots/*/size',
    '/manifest/memslots/*/flags',
  ],
  test(slot) {
    if (hasFlag(slot, 'guest-memfd') === true || isWhole(slot)) return pass;
    const holes = holesOf(slot);
    return reject({ holes }, `Nothing is mapped at ${holes.join(', ')}.`);
  },
};

/** One VMA behind the other from end to end. With nothing under it at all, or nothing told, other checks speak of it. */
function isWhole({ vmasAtFault, size }: Slot): boolean {
  if (vmasAtFault === undefined || vmasAtFault.length === 0) return true;
  let reached = 0n;
  for (const { offset, size: length } of vmasAtFault) {
    if (offset > reached) return false;
    if (offset + length > reached) reached = offset + length;
  }
  return reached >= size;
}

function holesOf({ vmasAtFault = [], gpa, size }: Slot): readonly string[] {
  const holes: string[] = [];
  let reached = 0n;
  for (const vma of vmasAtFault) {
    if (vma.offset > reached) holes.push(rangeOf(gpa + reached, vma.offset - reached));
    if (vma.offset + vma.size > reached) reached = vma.offset + vma.size;
  }
  if (reached < size) holes.push(rangeOf(gpa + reached, size - reached));
  return holes;
}
