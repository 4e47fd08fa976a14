import { type FaultCheck, pass, reject, unknown } from '../check.js';
import { before } from '../generations.js';
import { VMA_READS } from '../reads.js';
import { stage2Of } from '../stage2.js';
import { missingMapMemory, missingType } from '../vma.js';

// Hazard H2: the host reaches the page through a cacheable alias and the guest around the cache, and nothing maintains it. The
// next guest could read what the last one wrote. Kernels since 6.17 refuse instead.
export const cacheableDowngrade: FaultCheck = {
  id: 'cacheable-downgrade',
  scope: 'access',
  path: 'ordinary',
  phase: 'fault',
  reason: 'CACHEABLE_DOWNGRADE',
  errno: null,
  failure: 'silent',
  severity: 'reject',
  sourceOutcome: 'lost',
  generations: before('cacheable-pfnmap'),
  statement:
    'Kernels before 6.17 make cacheable memory outside map memory Device or Normal-NC at stage 2, and say nothing.',
  expected: 'Normal-WB at stage 2 for a cacheable VMA',
  remedy: 'Ask for a target with a 6.17 kernel or later, FWB and DIC.',
  cite: 'linux 6.1, 6.12 arch/arm64/kvm/mmu.c user_mem_abort(): device = !pfn_is_map_memory(pfn); fixed by 2a8dfab26677 "KVM: arm64: Block cacheable PFNMAP mapping"',
  reads: [...VMA_READS],
  test(vma, access, _slot, { target, generation }) {
    if (access === 'execute' || generation === null || vma.mapMemory === true || vma.cacheable === false) return pass;
    if (vma.mapMemory === undefined || vma.cacheable === undefined)
      return unknown([missingMapMemory(vma), missingType(vma)]);
    const { answer } = stage2Of(vma, target, generation);
    return reject(
      { memoryType: vma.memoryType ?? null, stage2: answer ?? null },
      `KVM accepts the mapping and makes it ${answer ?? 'uncached'} at stage 2, while the host's own mapping is cacheable.`,
    );
  },
};
