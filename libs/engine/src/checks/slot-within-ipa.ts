import { absent, pass, reject, type SlotCheck, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';
import { askedIpaBits, ignoresAskedIpaSize } from '../ipa.js';
import { rangeOf } from '../slot.js';

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
  test({ gpa, size }, { manifest, target, generation }) {
    const counting = limitsThatCount(
      { bits: askedIpaBits(manifest), at: '/manifest/vm/ipaBits' },
      { bits: target.ipaLimit, at: LIMIT },
      ignoresAskedIpaSize(target, generation),
    );
    const fits = counting.map(({ bits }) => (bits === undefined ? undefined : gpa + size <= 1n << BigInt(bits)));
    if (fits.every((fit) => fit === true)) return pass;
    const facts = { ipaBits: counting[0]?.bits ?? null, range: rangeOf(gpa, size) };
    if (fits.every((fit) => fit === false))
      return reject(facts, `${rangeOf(gpa, size)} ends beyond the VM's IPA size of ${counting[0]?.bits} bits.`);
    const missing = counting.map(({ bits, at }) => absent(bits, at));
    return unknown([...(counting.length > 1 ? ['/fingerprint/kvm/mode'] : []), ...missing], facts);
  },
};

interface Limit {
  readonly bits: number | undefined;
  readonly at: string;
}

/** On a host that may or may not ignore the size asked for, both limits must give the same answer. */
function limitsThatCount(asked: Limit, host: Limit, ignored: boolean | undefined): readonly Limit[] {
  if (ignored === undefined) return [asked, host];
  return ignored ? [host] : [asked];
}
