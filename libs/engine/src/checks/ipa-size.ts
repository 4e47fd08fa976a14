import { type Asked, absent, type HostCheck, pass, reject, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';
import { askedIpaBits, ignoresAskedIpaSize, SMALLEST_IPA_BITS } from '../ipa.js';

const LIMIT = '/fingerprint/kvm/capabilities/KVM_CAP_ARM_VM_IPA_SIZE';

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
  reads: ['/manifest/vm/ipaBits', LIMIT, '/fingerprint/kvm/mode'],
  test(asked) {
    const ipaBits = askedIpaBits(asked.manifest);
    const limit = asked.target.ipaLimit;
    const facts = { ipaBits: ipaBits ?? null, limit: limit ?? null };
    if (ipaBits === undefined || limit === undefined)
      return unknown([absent(ipaBits, '/manifest/vm/ipaBits'), absent(limit, LIMIT)], facts);
    if (ipaBits >= SMALLEST_IPA_BITS && ipaBits <= limit) return pass;
    return outOfRange(asked, facts);
  },
};

function outOfRange({ target, generation }: Asked, facts: { ipaBits: number | null; limit: number | null }) {
  const ignored = ignoresAskedIpaSize(target, generation);
  if (ignored === true) return pass;
  if (ignored === undefined) return unknown(['/fingerprint/kvm/mode'], facts);
  return reject(facts, `KVM_CREATE_VM refuses ${facts.ipaBits} IPA bits; the host's limit is ${facts.limit}.`);
}
