import { type FaultCheck, pass, reject, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';
import { CACHEABLE_PFNMAP_READS, VMA_READS } from '../reads.js';
import { inEveryWorld, stage2Of } from '../stage2.js';
import type { World } from '../world.js';
import type { Overlay } from './patch.js';

const MESSAGES = {
  H2: 'while the host keeps a cacheable mapping of it',
  H6: 'and it is not memory that a driver declared safe for that',
} as const;

/** What is decided by the generation's own rule is not the proposal's doing. */
function hazardOf(overlay: Overlay, world: World): 'H2' | 'H6' | 'none' {
  if (world.mapMemory) return 'none';
  const type = overlay(world);
  if (type === undefined || type === 'normal-wb' || type === 'refused') return 'none';
  if (world.cacheable) return 'H2';
  return type === 'normal-nc' && !world.allowAnyUncached ? 'H6' : 'none';
}

/** Contract, promise 4, for rules that no kernel has: `severity` is the proposal's. */
export const proposalAdmitsHazard: FaultCheck = {
  id: 'proposal-admits-hazard',
  scope: 'access',
  path: 'ordinary',
  phase: 'fault',
  reason: 'PROPOSAL_ADMITS_HAZARD',
  errno: null,
  failure: 'silent',
  severity: 'reject',
  sourceOutcome: 'lost',
  generations: EVERY_GENERATION,
  statement: 'Some proposals give device memory a type at stage 2 that brings a hazard, and tell nobody.',
  expected: 'the memory type of the VMA at stage 2, or a refusal',
  remedy: 'Ask under `strict`: kernels since 6.17 give the type of the VMA, or refuse.',
  cite: 'Berth: the proposals that were never merged, GET /v1/policies',
  reads: [...VMA_READS, ...CACHEABLE_PFNMAP_READS],
  test(vma, access, _slot, { target, generation }) {
    const overlay = target.patch?.stage2;
    if (overlay === undefined || access === 'execute' || generation === null) return pass;
    const { answer: hazard, missing } = inEveryWorld((world) => hazardOf(overlay, world), vma, target);
    if (hazard === 'none') return pass;
    const { answer } = stage2Of(vma, target, generation);
    const { fwb = null, dic = null } = target;
    const facts = { hazard: hazard ?? null, memoryType: vma.memoryType ?? null, stage2: answer ?? null, fwb, dic };
    if (hazard === undefined) return unknown(missing, facts);
    return reject(
      facts,
      `The proposal makes the memory ${answer ?? 'uncached'} at stage 2 ${MESSAGES[hazard]} (hazard ${hazard}).`,
    );
  },
};
