import { type FaultCheck, pass, reject, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';
import { VMA_READS } from '../reads.js';
import { isUncached, stage2Is, stage2Of } from '../stage2.js';

export const execFromUncached: FaultCheck = {
  id: 'exec-from-uncached',
  scope: 'access',
  path: 'ordinary',
  phase: 'fault',
  reason: 'EXEC_FROM_UNCACHED',
  errno: null,
  failure: 'late',
  severity: 'reject',
  sourceOutcome: 'lost',
  generations: EVERY_GENERATION,
  statement: 'A guest that fetches from memory that is Device or Normal-NC at stage 2 gets an instruction abort.',
  expected: 'Normal-WB at stage 2 where the guest executes',
  remedy: 'See that the guest runs no code from device memory.',
  cite: 'linux arch/arm64/kvm/mmu.c user_mem_abort(): ENOEXEC, turned into kvm_inject_sea_iabt()',
  reads: ['/manifest/memslots/*/mappings/*/access', ...VMA_READS],
  test(vma, access, _slot, { target, generation }) {
    if (access !== 'execute' || generation === null) return pass;
    const { answer: uncached, missing } = stage2Is(vma, target, generation, isUncached);
    if (uncached === false) return pass;
    if (uncached === undefined) return unknown(missing);
    const type = stage2Of(vma, target, generation).answer ?? null;
    return reject(
      { stage2: type },
      `KVM injects an instruction abort into the guest: the page is ${type ?? 'not cacheable'} at stage 2.`,
    );
  },
};
