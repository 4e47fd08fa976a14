import { pass, reject, type SlotCheck, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';
import { ignoresAskedIpaSize } from '../ipa.js';
import { rangeOf } from '../slot.js';

const DEFAULT_IPA_BITS = 40;

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
    '/fingerprint/kvm/capabilities/KVM_CAP_ARM_VM_IPA_SIZE',
  ],
  test({ gpa, size }, { manifest, target, generation }) {
    const ipaBits = manifest.vm?.ipaBits;
    const asked = ipaBits === 0 ? DEFAULT_IPA_BITS : ipaBits;
    const ignored = ignoresAskedIpaSize(target, generation);
    // On a host that may or may not ignore the size asked for, both limits must give the same answer.
    const limits = ignored === undefined ? [asked, target.ipaLimit] : [ignored ? target.ipaLimit : asked];
    const fits = limits.map((bits) => (bits === undefined ? undefined : gpa + size <= 1n << BigInt(bits)));
    if (fits.every((fit) => fit === true)) return pass;
    const facts = { ipaBits: asked ?? null, limit: target.ipaLimit ?? null, range: rangeOf(gpa, size) };
    if (fits.every((fit) => fit === false))
      return reject(facts, `${rangeOf(gpa, size)} ends beyond the VM's IPA size of ${limits[0]} bits.`);
    return unknown(
      [
        ignored === undefined ? '/fingerprint/kvm/mode' : undefined,
        ignored !== true && asked === undefined ? '/manifest/vm/ipaBits' : undefined,
        ignored !== false && target.ipaLimit === undefined
          ? '/fingerprint/kvm/capabilities/KVM_CAP_ARM_VM_IPA_SIZE'
          : undefined,
      ],
      facts,
    );
  },
};
