import { type FaultCheck, pass, reject } from '../check.js';
import { before } from '../generations.js';
import { VMA_READS } from '../reads.js';

export const normalNcUnavailable: FaultCheck = {
  id: 'normal-nc-unavailable',
  scope: 'access',
  path: 'ordinary',
  phase: 'fault',
  reason: 'NORMAL_NC_UNAVAILABLE',
  errno: null,
  failure: 'silent',
  severity: 'warn',
  sourceOutcome: 'lost',
  generations: before('normal-nc'),
  statement: 'Kernels before 6.9 make VFIO memory Device at stage 2 where later ones make it Normal-NC.',
  expected: 'Normal-NC at stage 2 for a VM_ALLOW_ANY_UNCACHED VMA',
  remedy: 'Ask for a target with a 6.9 kernel or later if the guest uses write-combining or unaligned accesses there.',
  cite: 'linux "KVM: arm64: Introduce new flag for non-cacheable IO memory" (6.9)',
  reads: [...VMA_READS],
  test(vma, access) {
    if (access === 'execute' || vma.allowAnyUncached !== true || vma.mapMemory !== false || vma.cacheable !== false)
      return pass;
    return reject({ stage2: 'device-nGnRE' }, 'The guest gets Device memory where a newer kernel gives Normal-NC.');
  },
};
