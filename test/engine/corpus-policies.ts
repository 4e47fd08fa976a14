// One question for each check that only a proposal, or its flag, gives something to say.
import type { Question } from '@berth/engine';
import { aDevice, aHost, aManifest, aQuestion, aSlot, GIB, gpuMemory, type HostGiven } from '../support/builders.js';
import type { Claim } from './claim.js';

type Memory = Parameters<typeof gpuMemory>[0];

/** GPU memory twice: as the target's region has it, and as the manifest says. */
function gpuQuestion(given: Partial<Question>, host: HostGiven = {}, memory: Memory = {}): Question {
  const { vmFlags = ['pfnmap', 'io', 'shared'], memoryType = 'normal' } = memory;
  const region = { index: 4, size: 64n * GIB, vmFlags, memoryType };
  const owned = gpuMemory({ ...memory, device: 'gpu0', region: 4 });
  return aQuestion({
    manifest: aManifest({
      devices: [{ name: 'gpu0', vendorDevice: '10de:2342' }],
      memslots: [
        aSlot({ mappings: [owned] }),
        aSlot({ slot: 1, gpa: 2n * GIB, mappings: [gpuMemory({ ...memory, kernelMapped: false })] }),
      ],
    }),
    target: aHost({ devices: [aDevice([region])], ...host }),
    ...given,
  });
}

/** Told by the register alone. */
const WITHOUT_FWB: HostGiven = { fwb: undefined, idRegisters: { ID_AA64MMFR2_EL1: 0n } };

const MARKED = { proposal: { cacheableFlag: true } } as const;

export const POLICY_CORPUS: readonly Claim[] = [
  { check: 'unknown-slot-flag', says: 'reject', question: gpuQuestion(MARKED) },
  { check: 'proposal-refuses', says: 'reject', question: gpuQuestion({ policy: 'proposal:flag-v4' }) },
  {
    check: 'cow-pfnmap-fault',
    says: 'reject',
    question: gpuQuestion(
      { policy: 'proposal:flag-v4', ...MARKED },
      {},
      { vmFlags: ['pfnmap', 'cow'], access: ['read'] },
    ),
  },
  {
    check: 'proposal-admits-hazard',
    says: 'reject',
    question: gpuQuestion({ policy: 'proposal:fallback' }, WITHOUT_FWB),
  },
  { check: 'proposal-admits', says: 'warn', question: gpuQuestion({ policy: 'proposal:cmo' }, WITHOUT_FWB) },
];
