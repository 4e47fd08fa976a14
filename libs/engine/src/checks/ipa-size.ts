import { type HostCheck, pass, reject, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';
import { ignoresAskedIpaSize } from '../ipa.js';

/** The VM type field's 0 asks for this many bits. */
const DEFAULT_IPA_BITS = 40;
const SMALLEST_IPA_BITS = 32;

export const ipaSize: HostCheck = {
  id: 'ipa-size',
  scope: 'vm',
  phase: 'vm',
  reason: 'IPA_SIZE_UNSUPPORTED',
  errno: 'EINVAL',
  failure: 'refused',
  severity: 'reject',
  sourceOutcome: 'unaffected',
  generations: EVERY_GENERATION,
  statement: 'The IPA size of the VM is at least 32 bits and at most KVM_CAP_ARM_VM_IPA_SIZE of the host.',
  expected: 'an IPA size within the limit of the host',
  remedy: 'Ask for a target with a larger IPA limit.',
  cite: 'linux arch/arm64/kvm/mmu.c kvm_init_ipa_range()',
  reads: ['/manifest/vm/ipaBits', '/fingerprint/kvm/capabilities/KVM_CAP_ARM_VM_IPA_SIZE', '/fingerprint/kvm/mode'],
  test({ manifest, target, generation }) {
    const ipaBits = manifest.vm?.ipaBits;
    const limit = target.ipaLimit;
    if (ipaBits === undefined || limit === undefined)
      return unknown(
        [
          ipaBits === undefined ? '/manifest/vm/ipaBits' : undefined,
          limit === undefined ? '/fingerprint/kvm/capabilities/KVM_CAP_ARM_VM_IPA_SIZE' : undefined,
        ],
        { ipaBits: ipaBits ?? null, limit: limit ?? null },
      );
    const asked = ipaBits === 0 ? DEFAULT_IPA_BITS : ipaBits;
    if (asked >= SMALLEST_IPA_BITS && asked <= limit) return pass;
    const ignored = ignoresAskedIpaSize(target, generation);
    if (ignored === true) return pass;
    if (ignored === undefined) return unknown(['/fingerprint/kvm/mode'], { ipaBits: asked, limit });
    return reject({ ipaBits: asked, limit }, `KVM_CREATE_VM refuses ${asked} IPA bits; the host's limit is ${limit}.`);
  },
};
