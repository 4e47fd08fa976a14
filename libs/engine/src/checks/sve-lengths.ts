import { absent, type HostCheck, pass, reject, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';
import { GUEST } from '../registers/compare.js';
import { guestHasSve } from '../registers/sve.js';

const WANTED = '/manifest/vcpu/sveVectorLengths';
const OFFERED = '/fingerprint/kvm/sveVectorLengths';
const PFR0 = `${GUEST}/ID_AA64PFR0_EL1`;

/** A guest can use any length up to its largest that the hardware has, so that none may be left out and none invented. */
export const sveLengths: HostCheck = {
  id: 'sve-lengths',
  scope: 'vm',
  phase: 'vcpu',
  reason: 'SVE_LENGTHS_MISMATCH',
  errno: 'EINVAL',
  failure: 'refused',
  severity: 'reject',
  sourceOutcome: 'unaffected',
  generations: EVERY_GENERATION,
  statement: "The guest's SVE vector lengths are all of the host's up to the guest's largest, and no others.",
  expected: "the host's vector lengths up to the guest's largest",
  remedy: 'Ask for a target with the same vector lengths, or start the VM with lengths that both hosts have.',
  cite: 'linux arch/arm64/kvm/guest.c set_sve_vls()',
  reads: [WANTED, PFR0, OFFERED],
  test(asked) {
    const guest = guestHasSve(asked);
    if (guest === false) return pass;
    const wanted = asked.manifest.vcpu?.sveVectorLengths;
    const offered = asked.target.fingerprint.kvm?.sveVectorLengths;
    if (wanted === undefined || wanted.length === 0 || offered === undefined)
      return unknown([
        wanted === undefined || wanted.length === 0 ? WANTED : undefined,
        absent(offered, OFFERED),
        absent(guest, PFR0),
      ]);
    const most = wanted.reduce((longest, length) => (length > longest ? length : longest));
    const invented = wanted.filter((length) => !offered.includes(length));
    const left = offered.filter((length) => length <= most && !wanted.includes(length));
    if (invented.length === 0 && left.length === 0) return pass;
    return reject(
      { guest: wanted, host: offered },
      `Setting KVM_REG_ARM64_SVE_VLS fails: ${[
        ...(invented.length > 0 ? [`the host lacks ${invented.join(', ')}`] : []),
        ...(left.length > 0 ? [`the guest leaves out ${left.join(', ')}`] : []),
      ].join('; ')}.`,
    );
  },
};
