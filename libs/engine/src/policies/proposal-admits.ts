import { type FaultCheck, pass, reject } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';
import { CACHEABLE_PFNMAP_READS, VMA_READS } from '../reads.js';
import type { Slot } from '../slot.js';
import { stage2Of } from '../stage2.js';
import type { Vma } from '../vma.js';

/** Speaks only of what is certain: a doubt here would say nothing that the checks themselves do not. */
export const proposalAdmits: FaultCheck = {
  id: 'proposal-admits',
  scope: 'access',
  path: 'ordinary',
  phase: 'fault',
  reason: 'PROPOSAL_ADMITS',
  errno: null,
  failure: 'silent',
  severity: 'warn',
  sourceOutcome: 'lost',
  generations: EVERY_GENERATION,
  statement: 'Some proposals let through cacheable device memory that kernels since 6.17 refuse without FWB and DIC.',
  expected: 'fwb and dic',
  remedy: 'Ask under `strict` for what kernels do.',
  cite: 'Berth: the proposals that were never merged, GET /v1/policies',
  reads: [...VMA_READS, ...CACHEABLE_PFNMAP_READS],
  test(vma, _access, slot, { target, generation }) {
    if (target.patch?.admission === undefined || generation === null || target.cacheablePfnmap !== false) return pass;
    if (!kernelsRefuse(vma, slot)) return pass;
    const { answer } = stage2Of(vma, target, generation);
    if (answer === undefined || answer === 'refused') return pass;
    return reject(
      { memoryType: vma.memoryType ?? null, stage2: answer, fwb: target.fwb ?? null, dic: target.dic ?? null },
      `Kernels since 6.17 refuse this memory here; the proposal takes it and makes it ${answer} at stage 2.`,
    );
  },
};

/** At registration VM_PFNMAP decides, whatever is behind it; at fault VM_MIXEDMAP counts too, and map memory does not. */
function kernelsRefuse(vma: Vma, slot: Slot): boolean {
  if (vma.cacheable !== true) return false;
  if (vma.pfnmap === true && slot.vmas?.includes(vma)) return true;
  return (vma.pfnmap === true || vma.mixedmap === true) && vma.mapMemory === false;
}
