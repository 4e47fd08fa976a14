import { type HostCheck, pass, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';

export const kernelSpan: HostCheck = {
  id: 'kernel-span',
  scope: 'vm',
  phase: 'vm',
  reason: 'KERNEL_OUT_OF_SPAN',
  errno: null,
  failure: 'refused',
  severity: 'reject',
  sourceOutcome: 'unaffected',
  generations: EVERY_GENERATION,
  statement: 'The rulebook describes kernels since 5.14.',
  expected: 'a kernel of 5.14 or later',
  remedy: 'Run a newer kernel on the target, or ask for another target.',
  cite: 'linux fd6f17bade21 "KVM: arm64: Remove the creation time\'s mapping of MMIO regions" (5.14): older kernels answer differently',
  reads: ['/fingerprint/kernel/release'],
  test({ generation, target }) {
    if (generation !== null) return pass;
    return unknown(['/fingerprint/kernel/release'], { release: target.fingerprint.kernel?.release ?? null });
  },
};
