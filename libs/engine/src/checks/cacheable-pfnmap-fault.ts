import { type FaultCheck, pass, reject, unknown } from '../check.js';
import { since } from '../generations.js';
import { CACHEABLE_PFNMAP_READS, VMA_READS } from '../reads.js';
import { isRefused, stage2Is } from '../stage2.js';
import { lacks } from './cacheable-pfnmap.js';

// The same condition as at registration, at the other site: VM_MIXEDMAP counts here, and map memory does not.
export const cacheablePfnmapFault: FaultCheck = {
  id: 'cacheable-pfnmap-fault',
  scope: 'access',
  path: 'ordinary',
  phase: 'fault',
  reason: 'CACHEABLE_PFNMAP_FAULT',
  errno: 'EFAULT',
  failure: 'late',
  severity: 'reject',
  sourceOutcome: 'lost',
  generations: since('cacheable-pfnmap'),
  statement: 'A fault on cacheable VM_PFNMAP or VM_MIXEDMAP memory outside map memory fails without FWB and DIC.',
  expected: 'fwb and dic',
  remedy: 'Ask for a target with FWB and DIC (KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED reads 1 on a VM fd).',
  cite: 'linux arch/arm64/kvm/mmu.c user_mem_abort()',
  reads: [...VMA_READS, ...CACHEABLE_PFNMAP_READS],
  test(vma, _access, _slot, { target, generation }) {
    if (generation === null) return pass;
    const { answer: refused, missing } = stage2Is(vma, target, generation, isRefused);
    if (refused === false) return pass;
    const facts = { memoryType: vma.memoryType ?? null, fwb: target.fwb ?? null, dic: target.dic ?? null };
    if (refused === undefined) return unknown(missing, facts);
    return reject(
      facts,
      `KVM_RUN fails at the first touch: cacheable device memory, and the target has ${lacks(target.fwb, target.dic)}.`,
    );
  },
};
