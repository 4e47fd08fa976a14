import { type Asked, absent, type FaultCheck, pass, reject, unknown } from '../check.js';
import { since } from '../generations.js';
import { CACHEABLE_PFNMAP_READS, VMA_READS } from '../reads.js';
import { isUncached, isWriteBack, stage2Is } from '../stage2.js';
import { missingMapMemory, type Vma } from '../vma.js';

const READS = [...VMA_READS, '/fingerprint/kvm/mode'];

const CARD = {
  scope: 'access',
  path: 'ordinary',
  phase: 'fault',
  failure: 'late',
  severity: 'reject',
  sourceOutcome: 'lost',
  generations: since('cacheable-pfnmap'),
  expected: 'a host that was not booted with kvm-arm.mode=protected',
  remedy: 'Ask for a target that is not a pKVM host: a VM with an assigned device cannot run on one.',
  cite: 'linux arch/arm64/kvm/pkvm.c pkvm_pgtable_stage2_map(); recorded on 7.2.13 with kvm-arm.mode=protected',
} as const;

/** Pages that EL2 would have to share with the guest although they are not memory it manages. */
function concerns(vma: Vma, { target }: Asked): boolean {
  return vma.mapMemory !== true && (target.mode === undefined || target.mode === 'protected');
}

// Recorded for the newest generation alone. In the two before it non-protected VMs went through EL2 too, and what it does
// with such pages was not recorded there: that stays unknown.
function answerFor(vma: Vma, asked: Asked, refused: boolean | undefined, missing: readonly string[], message: string) {
  const { target, generation } = asked;
  if (refused === false) return pass;
  const facts = { mode: target.mode ?? null, kernelMapped: vma.mapMemory ?? null };
  const certain = refused && target.mode === 'protected' && vma.mapMemory === false;
  if (certain && generation === 'protected-guest') return reject(facts, message);
  const recorded = certain ? ['/fingerprint/kernel/release'] : [];
  return unknown([absent(target.mode, '/fingerprint/kvm/mode'), missingMapMemory(vma), ...missing, ...recorded], facts);
}

export const pkvmCacheableDeviceMemory: FaultCheck = {
  ...CARD,
  id: 'pkvm-cacheable-device-memory',
  reason: 'PKVM_CACHEABLE_DEVICE_MEMORY',
  reads: [...READS, ...CACHEABLE_PFNMAP_READS],
  errno: 'EPERM',
  statement:
    'On a pKVM host no guest gets a cacheable mapping of pages outside map memory, whatever capability 243 says.',
  test(vma, _access, _slot, asked) {
    if (asked.generation === null || !concerns(vma, asked)) return pass;
    const { answer, missing } = stage2Is(vma, asked.target, asked.generation, isWriteBack);
    return answerFor(vma, asked, answer, missing, 'KVM_RUN fails: EL2 does not share this page with the guest.');
  },
};

export const pkvmUncachedDeviceMemory: FaultCheck = {
  ...CARD,
  id: 'pkvm-uncached-device-memory',
  reason: 'PKVM_UNCACHED_DEVICE_MEMORY',
  reads: READS,
  errno: 'EINVAL',
  statement: 'On a pKVM host no guest gets a Normal-NC or Device mapping.',
  test(vma, access, _slot, asked) {
    if (access === 'execute' || asked.generation === null || !concerns(vma, asked)) return pass;
    const { answer, missing } = stage2Is(vma, asked.target, asked.generation, isUncached);
    return answerFor(vma, asked, answer, missing, 'KVM_RUN fails: EL2 takes no uncached mapping for a guest.');
  },
};
