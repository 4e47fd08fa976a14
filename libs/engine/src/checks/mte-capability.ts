import { absent, type HostCheck, pass, reject, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';

export const mteCapability: HostCheck = {
  id: 'mte-capability',
  scope: 'vm',
  phase: 'vm',
  reason: 'MTE_UNSUPPORTED',
  errno: 'EINVAL',
  failure: 'refused',
  severity: 'reject',
  sourceOutcome: 'unaffected',
  generations: EVERY_GENERATION,
  statement: 'A VM with MTE needs a host that offers KVM_CAP_ARM_MTE.',
  expected: 'KVM_CAP_ARM_MTE',
  remedy: 'Ask for a target with MTE2 or later that is not a pKVM host.',
  cite: 'linux arch/arm64/kvm/arm.c kvm_vm_ioctl_enable_cap()',
  reads: ['/manifest/vm/mte', '/fingerprint/kvm/capabilities/KVM_CAP_ARM_MTE'],
  test({ manifest, target }) {
    const mte = manifest.vm?.mte;
    if (mte === false || target.mte === true) return pass;
    if (mte === true && target.mte === false)
      return reject({ vm: true, host: false }, 'KVM_ENABLE_CAP refuses KVM_CAP_ARM_MTE: the host does not offer it.');
    return unknown([
      absent(mte, '/manifest/vm/mte'),
      absent(target.mte, '/fingerprint/kvm/capabilities/KVM_CAP_ARM_MTE'),
    ]);
  },
};
