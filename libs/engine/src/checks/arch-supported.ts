import { type HostCheck, pass, reject, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';

export const archSupported: HostCheck = {
  id: 'arch-supported',
  scope: 'vm',
  phase: 'vm',
  reason: 'ARCH_UNSUPPORTED',
  errno: 'EINVAL',
  failure: 'refused',
  severity: 'reject',
  sourceOutcome: 'unaffected',
  generations: EVERY_GENERATION,
  statement: 'KVM/arm64 creates VMs on arm64 hosts alone.',
  expected: 'aarch64',
  remedy: 'Ask for an arm64 target.',
  cite: 'linux arch/arm64/kvm/arm.c kvm_arch_init_vm()',
  reads: ['/fingerprint/arch'],
  test({ target }) {
    if (target.arch === undefined) return unknown(['/fingerprint/arch']);
    if (target.arch === 'aarch64') return pass;
    return reject({ arch: target.arch }, `The target is ${target.arch}; the rulebook is that of KVM/arm64.`);
  },
};
