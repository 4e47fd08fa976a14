import { pass, reject, type SlotCheck, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';
import { hex, rangeOf } from '../slot.js';

const CARD = {
  scope: 'slot',
  phase: 'memslot',
  errno: 'EINVAL',
  failure: 'refused',
  severity: 'reject',
  sourceOutcome: 'unaffected',
  generations: EVERY_GENERATION,
} as const;

const SLOT_ID_BITS = 65536;
/** KVM_USER_MEM_SLOTS is SHRT_MAX on arm64. */
const USER_MEM_SLOTS = 32767;
const SMALLEST_PAGE = 4096n;
const LARGEST_PAGE = 65536n;
const MAX_PAGES = 2n ** 31n - 1n;
const ADDRESSES = 2n ** 64n;

export const slotId: SlotCheck = {
  ...CARD,
  id: 'slot-id',
  reason: 'SLOT_ID_TOO_LARGE',
  statement: 'The low 16 bits of a slot id are below KVM_USER_MEM_SLOTS, 32767.',
  expected: 'a slot id below 32767',
  remedy: 'Number the slots from 0.',
  cite: 'linux virt/kvm/kvm_main.c kvm_vm_ioctl_set_memory_region()',
  reads: ['/manifest/memslots/*/slot'],
  test({ slot }) {
    if (slot % SLOT_ID_BITS < USER_MEM_SLOTS) return pass;
    return reject({ slot }, `Slot id ${slot} is beyond the last of KVM's ${USER_MEM_SLOTS} slots.`);
  },
};

export const slotSizeAligned: SlotCheck = {
  ...CARD,
  id: 'slot-size-aligned',
  reason: 'SLOT_SIZE_MISALIGNED',
  statement: "The size of a slot is a multiple of the target's page size.",
  expected: "a size that is a multiple of the target's page size",
  remedy: 'Ask for a target with the page size of the source.',
  cite: 'linux virt/kvm/kvm_main.c kvm_set_memory_region()',
  reads: ['/manifest/memslots/*/size', '/fingerprint/kernel/pageSize'],
  test: ({ size }, { target }) => aligned('size', size, target.pageSize),
};

export const slotGpaAligned: SlotCheck = {
  ...CARD,
  id: 'slot-gpa-aligned',
  reason: 'SLOT_GPA_MISALIGNED',
  statement: "A slot begins at a multiple of the target's page size.",
  expected: "a GPA that is a multiple of the target's page size",
  remedy: 'Ask for a target with the page size of the source.',
  cite: 'linux virt/kvm/kvm_main.c kvm_set_memory_region()',
  reads: ['/manifest/memslots/*/gpa', '/fingerprint/kernel/pageSize'],
  test: ({ gpa }, { target }) => aligned('gpa', gpa, target.pageSize),
};

/** Every arm64 page size is a multiple of 4 KiB and divides 64 KiB, which often answers where the page size is not known. */
function aligned(name: string, value: bigint, pageSize: bigint | undefined) {
  if (value % (pageSize ?? LARGEST_PAGE) === 0n) return pass;
  const facts = { [name]: hex(value), pageSize: pageSize === undefined ? null : Number(pageSize) };
  if (value % (pageSize ?? SMALLEST_PAGE) === 0n) return unknown(['/fingerprint/kernel/pageSize'], facts);
  const pages = pageSize === undefined ? 'any page size' : `the page size of the target, ${pageSize}`;
  return reject(facts, `The slot's ${name} ${hex(value)} is not a multiple of ${pages}.`);
}

export const slotAddressSpace: SlotCheck = {
  ...CARD,
  id: 'slot-address-space',
  reason: 'SLOT_ADDRESS_SPACE',
  statement: 'arm64 has one address space: the bits of a slot id above 16 are 0.',
  expected: 'a slot id of 16 bits',
  remedy: 'Number the slots from 0.',
  cite: 'linux virt/kvm/kvm_main.c kvm_set_memory_region(): as_id >= kvm_arch_nr_memslot_as_ids()',
  reads: ['/manifest/memslots/*/slot'],
  test({ slot }) {
    if (slot < SLOT_ID_BITS) return pass;
    return reject(
      { slot },
      `Slot id ${slot} names address space ${(slot - (slot % SLOT_ID_BITS)) / SLOT_ID_BITS}; arm64 has one.`,
    );
  },
};

export const slotWraps: SlotCheck = {
  ...CARD,
  id: 'slot-wraps',
  reason: 'SLOT_WRAPS',
  statement: 'A slot ends within 64 bits.',
  expected: 'gpa + size below 2^64',
  remedy: 'Correct the manifest: no VM runs with such a slot.',
  cite: 'linux virt/kvm/kvm_main.c kvm_set_memory_region()',
  reads: ['/manifest/memslots/*/gpa', '/manifest/memslots/*/size'],
  test({ gpa, size }) {
    if (gpa + size < ADDRESSES) return pass;
    return reject(
      { gpa: hex(gpa), size: hex(size) },
      `The slot at ${hex(gpa)} with ${hex(size)} bytes wraps around 64 bits.`,
    );
  },
};

export const slotPages: SlotCheck = {
  ...CARD,
  id: 'slot-pages',
  reason: 'SLOT_TOO_LARGE',
  statement: 'A slot has at most 2^31 - 1 pages of the target: 8 TiB less a page with 4 KiB pages.',
  expected: 'at most 2^31 - 1 pages',
  remedy: 'Ask for a target with larger pages, or split the slot.',
  cite: 'linux virt/kvm/kvm_main.c kvm_set_memory_region(): KVM_MEM_MAX_NR_PAGES',
  reads: ['/manifest/memslots/*/size', '/fingerprint/kernel/pageSize'],
  test({ size }, { target }) {
    if (size <= MAX_PAGES * (target.pageSize ?? SMALLEST_PAGE)) return pass;
    const facts = { size: hex(size) };
    if (size > MAX_PAGES * (target.pageSize ?? LARGEST_PAGE))
      return reject(facts, `The slot's ${hex(size)} bytes are more than 2^31 - 1 pages.`);
    return unknown(['/fingerprint/kernel/pageSize'], facts);
  },
};

export const slotNotEmpty: SlotCheck = {
  ...CARD,
  id: 'slot-not-empty',
  reason: 'SLOT_EMPTY',
  statement: 'A size of 0 deletes a slot, and on the target there is none to delete.',
  expected: 'a size above 0',
  remedy: 'Leave slots of size 0 out of the manifest.',
  cite: 'linux virt/kvm/kvm_main.c kvm_set_memory_region()',
  reads: ['/manifest/memslots/*/size'],
  test: ({ size, slot }) =>
    size > 0n ? pass : reject({ size: '0x0' }, `Slot ${slot} has no size, which asks to delete it.`),
};

export const slotNotReused: SlotCheck = {
  ...CARD,
  id: 'slot-not-reused',
  reason: 'SLOT_REUSED',
  statement: 'A slot id that is in use can change its flags or GPA, not its memory.',
  expected: 'each slot id once',
  remedy: 'Correct the manifest: each slot has an id of its own.',
  cite: 'linux virt/kvm/kvm_main.c kvm_set_memory_region(): userspace_addr or size of an existing slot differs',
  reads: ['/manifest/memslots/*/slot'],
  test: ({ slot, reused }) =>
    reused ? reject({ slot }, `Slot ${slot} is registered already, with other memory.`) : pass,
};

export const slotOverlap: SlotCheck = {
  ...CARD,
  id: 'slot-overlap',
  reason: 'SLOT_OVERLAP',
  errno: 'EEXIST',
  statement: 'Two slots do not share a guest page.',
  expected: 'a range that no earlier slot has',
  remedy: 'Correct the manifest: no VM runs with two slots over one address.',
  cite: 'linux virt/kvm/kvm_main.c kvm_set_memory_region(): kvm_check_memslot_overlap()',
  reads: ['/manifest/memslots/*/gpa', '/manifest/memslots/*/size'],
  test({ gpa, size, overlapped: other }) {
    if (other === undefined) return pass;
    return reject(
      { range: rangeOf(gpa, size), other: other.slot },
      `${rangeOf(gpa, size)} overlaps slot ${other.slot} at ${rangeOf(other.gpa, other.size)}.`,
    );
  },
};
