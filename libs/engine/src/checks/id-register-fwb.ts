import { absent, type HostCheck, pass, reject, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';
import { GUEST } from '../registers/compare.js';

const MMFR2 = 'ID_AA64MMFR2_EL1';
const FWB_SHIFT = 40n;

/** FWB is in no writable mask of any kernel read, so that neither direction is ever taken, with or without device memory. */
export const idRegisterFwb: HostCheck = {
  id: 'id-register-fwb',
  scope: 'vm',
  phase: 'state-load',
  reason: 'FWB_MISMATCH',
  errno: 'EINVAL',
  failure: 'refused',
  severity: 'reject',
  sourceOutcome: 'resumed',
  generations: EVERY_GENERATION,
  statement: 'A guest that was told of FWB runs on hosts with FWB only, and one that was not on hosts without it only.',
  expected: 'FWB on both sides, or on neither',
  remedy: 'Ask for a target that has FWB where the source has it, and lacks it where the source lacks it.',
  cite: 'linux arch/arm64/kvm/sys_regs.c arm64_check_features(): ID_AA64MMFR2_EL1.FWB is not in the writable mask',
  reads: [`${GUEST}/${MMFR2}`, '/sourceFingerprint/cpu/fwb', '/fingerprint/cpu/fwb'],
  test({ manifest, source, target }) {
    const register = manifest.vcpu?.idRegisters?.get(MMFR2);
    const guest = register === undefined ? source?.fwb : ((register >> FWB_SHIFT) & 0xfn) !== 0n;
    const host = target.fwb;
    if (guest === undefined || host === undefined)
      return unknown([absent(guest, `${GUEST}/${MMFR2}`), absent(host, '/fingerprint/cpu/fwb')]);
    if (guest === host) return pass;
    const [has, lacks] = guest ? ['guest', 'target'] : ['target', 'guest'];
    return reject(
      {
        register: MMFR2,
        field: 'FWB',
        guest: Number(guest),
        host: Number(host),
        direction: guest ? 'higher' : 'lower',
      },
      `KVM_SET_ONE_REG refuses ${MMFR2}: the ${has} has FWB and the ${lacks} has not, which no kernel takes in either direction.`,
    );
  },
};
