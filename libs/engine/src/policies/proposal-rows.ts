import {
  type Answer,
  type Asked,
  type Check,
  type FaultCheck,
  type MappingCheck,
  pass,
  reject,
  unknown,
} from '../check.js';
import { cacheableDowngrade } from '../checks/cacheable-downgrade.js';
import { cacheablePfnmap } from '../checks/cacheable-pfnmap.js';
import { normalNcUnavailable } from '../checks/normal-nc-unavailable.js';
import { EVERY_GENERATION } from '../generations.js';
import { inEveryWorld, missingCacheablePfnmap, stage2Of } from '../stage2.js';
import { missingFlags, missingMapMemory, missingType, type Vma } from '../vma.js';
import type { Rule } from '../world.js';

/** The same question as at kernels, put to what the proposal needs; a proposal that does not speak of it leaves the kernel's. */
const admission: MappingCheck = {
  ...cacheablePfnmap,
  test(vma, slot, asked) {
    const speaks = asked.target.patch?.admission;
    if (speaks === undefined) return asGenerationHas(asked) ? cacheablePfnmap.test(vma, slot, asked) : pass;
    if (speaks.needs === undefined) return pass;
    return speaks.needs === 'fwb and dic' ? cacheablePfnmap.test(vma, slot, asked) : fwbUnlessPageBacked(vma, asked);
  },
};

function asGenerationHas({ generation }: Asked): boolean {
  return generation === null || cacheablePfnmap.generations.includes(generation);
}

function fwbUnlessPageBacked(vma: Vma, { target }: Asked): Answer {
  if (vma.pfnmap === false || vma.cacheable === false || vma.mapMemory === true || target.fwb === true) return pass;
  const facts = { memoryType: vma.memoryType ?? null, kernelMapped: vma.mapMemory ?? null, fwb: target.fwb ?? null };
  if (vma.pfnmap && vma.cacheable && vma.mapMemory === false && target.fwb === false)
    return reject(facts, 'The VMA is cacheable VM_PFNMAP memory without struct pages, and the target has no FWB.');
  const pointers = [missingFlags(vma, vma.pfnmap), missingType(vma), missingMapMemory(vma)];
  return unknown([...pointers, ...missingCacheablePfnmap(target)], facts);
}

/** The generation's own degradation stays what it was, where the proposal does not decide instead. */
const downgrade: FaultCheck = {
  ...cacheableDowngrade,
  test(vma, access, slot, asked) {
    const overlay = asked.target.patch?.stage2;
    if (overlay === undefined) return cacheableDowngrade.test(vma, access, slot, asked);
    const left: Rule<boolean> = (world) => !world.mapMemory && world.cacheable && overlay(world) === undefined;
    const told = inEveryWorld(left, vma, asked.target);
    if (told.answer === false || access === 'execute') return pass;
    return told.answer ? cacheableDowngrade.test(vma, access, slot, asked) : unknown(told.missing);
  },
};

/** A proposal can keep Device on new kernels, and can give Normal-NC on old ones. */
const relaxation: FaultCheck = {
  ...normalNcUnavailable,
  generations: EVERY_GENERATION,
  test(vma, access, slot, asked) {
    const { target, generation } = asked;
    if (generation === null || stage2Of(vma, target, generation).answer !== 'device-nGnRE') return pass;
    const answer = normalNcUnavailable.test(vma, access, slot, asked);
    if (answer.kind !== 'reject') return answer;
    return reject(answer.actual, 'The guest gets Device memory where kernels since 6.9 give Normal-NC.');
  },
};

/** The checks of kernels that read the patch where a proposal stands in their place. */
export const PROPOSAL_ROWS: ReadonlyMap<string, Check> = new Map(
  [admission, downgrade, relaxation].map((check) => [check.id, check]),
);
