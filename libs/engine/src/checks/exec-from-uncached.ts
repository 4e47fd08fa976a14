import { type FaultCheck, pass, reject, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';
import { stage2Of } from '../stage2.js';

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
  reads: [
    '/manifest/memslots/*/mappings/*/access',
    '/manifest/memslots/*/mappings/*/vmFlags',
    '/manifest/memslots/*/mappings/*/memoryType',
    '/manifest/memslots/*/mappings/*/kernelMapped',
    '/manifest/memslots/*/mappings/*/backing',
    '/fingerprint/devices',
    '/fingerprint/cpu/fwb',
    '/fingerprint/cpu/dic',
    '/fingerprint/cpu/idRegisters/ID_AA64MMFR2_EL1',
    '/fingerprint/kvm/capabilities/KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED',
  ],
  test(vma, access, _slot, { target, generation }) {
    if (access !== 'execute' || generation === null) return pass;
    const { answer, missing } = stage2Of(vma, target, generation);
    if (answer === undefined) return unknown(missing);
    if (answer === 'normal-wb' || answer === 'refused') return pass;
    return reject(
      { stage2: answer },
      `KVM injects an instruction abort into the guest: the page is ${answer} at stage 2.`,
    );
  },
};
