import { type DeviceCheck, pass, reject } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';

// No kernel and no register tells it, and the memory type at stage 2 does not decide it: Device memory can be as bad. So nothing is
// asked for where no operator has said anything, and what one says against the platform is passed on.
export const hazardContainment: DeviceCheck = {
  id: 'hazard-containment',
  scope: 'device',
  phase: 'device',
  reason: 'ERRORS_NOT_CONTAINED',
  errno: null,
  failure: 'late',
  severity: 'warn',
  sourceOutcome: 'lost',
  generations: EVERY_GENERATION,
  statement:
    'Hazard H5: on a platform that does not contain the errors of assigned devices, one access of a guest can take the whole host down with an SError.',
  expected: 'a platform that contains the errors of assigned devices',
  remedy:
    'Ask for a target whose platform contains them (PCIe AER and DPC, RAS, as the Arm base system requirements have it), or correct what the operator asserts.',
  cite: 'linux "KVM: arm64: Introduce new flag for non-cacheable IO memory" (6.9): containment is left to the platform',
  reads: ['/manifest/devices', '/fingerprint/operator/containment'],
  test(_device, { target }) {
    if (target.fingerprint.operator?.containment !== false) return pass;
    return reject(
      { containment: false },
      'An operator asserts that this platform does not contain the errors of assigned devices.',
    );
  },
};
