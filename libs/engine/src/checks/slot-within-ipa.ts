import { absent, pass, reject, type SlotCheck, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';
import { askedIpaBits, ignoresAskedIpaSize } from '../ipa.js';
import { rangeOf, type Slot } from '../slot.js';

const LIMIT = '/fingerprint/kvm/capabilities/KVM_CAP_ARM_VM_IPA_SIZE';

export const slotWithinIpa: SlotCheck = {
  id: 'slot-within-ipa',
  scope: 'slot',
  phase: 'memslot',
  reason: 'SLOT_BEYOND_IPA',
  errno: 'EFAULT',
  failure: 'refused',
  severity: 'reject',
  sourceOutcome: 'unaffected',
  generations: EVERY_GENERATION,
  statement: 'The last page of a slot is within the IPA size of the VM.',
  expected: 'a slot within the IPA size',
  remedy: 'Start the VM with more IPA bits, or ask for a target with a larger limit.',
  cite: 'linux arch/arm64/kvm/mmu.c kvm_arch_prepare_memory_region()',
  reads: [
    '/manifest/memslots/*/gpa',
    '/manifest/memslots/*/size',
    '/manifest/vm/ipaBits',
    '/fingerprint/kvm/mode',
    LIMIT,
  ],
  test(slot, { manifest, target, generation }) {
    const ignored = ignoresAskedIpaSize(target, generation);
    const asked = askedIpaBits(manifest);
    const limit = target.ipaLimit;
    const within = isWithin(slot, asked, limit, ignored);
    if (within === true) return pass;
    const range = rangeOf(slot.gpa, slot.size);
    const facts = { ipaBits: (ignored === true ? limit : asked) ?? null, range };
    if (within === false) return reject(facts, `${range} ends beyond the VM's IPA size of ${facts.ipaBits} bits.`);
    const missing = [
      absent(ignored, '/fingerprint/kvm/mode'),
      ignored === true ? undefined : absent(asked, '/manifest/vm/ipaBits'),
      ignored === false ? undefined : absent(limit, LIMIT),
    ];
    return unknown(missing, facts);
  },
};

type Bits = number | undefined;

/** On a host that may or may not ignore the size asked for, both limits must give the same answer. */
function isWithin(slot: Slot, asked: Bits, limit: Bits, ignored: boolean | undefined): boolean | undefined {
  if (ignored !== undefined) return fits(slot, ignored ? limit : asked);
  const fitsAsked = fits(slot, asked);
  return fitsAsked === fits(slot, limit) ? fitsAsked : undefined;
}

function fits({ gpa, size }: Slot, bits: Bits): boolean | undefined {
  return bits === undefined ? undefined : gpa + size <= 1n << BigInt(bits);
}
