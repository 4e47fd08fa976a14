import { absent, type FaultCheck, pass, reject, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';
import { missingMteCapable, mteCapable } from '../mte.js';
import { CACHEABLE_PFNMAP_READS, VMA_READS } from '../reads.js';
import { isWriteBack, stage2Is } from '../stage2.js';

export const mteVmaFault: FaultCheck = {
  id: 'mte-vma-fault',
  scope: 'access',
  path: 'ordinary',
  phase: 'fault',
  reason: 'MTE_VMA_NOT_ALLOWED_AT_FAULT',
  errno: 'EFAULT',
  failure: 'late',
  severity: 'reject',
  sourceOutcome: 'lost',
  generations: EVERY_GENERATION,
  statement: 'Under a VM with MTE a page that will be Normal-WB can carry tags.',
  expected: 'a VMA that can carry tags',
  remedy: 'Keep the memory that was registered under the slot, or replace it with memory that can carry tags.',
  cite: 'linux arch/arm64/kvm/mmu.c user_mem_abort(): kvm_has_mte(), kvm_vma_mte_allowed()',
  reads: ['/manifest/vm/mte', ...VMA_READS, '/fingerprint/kernel/release', ...CACHEABLE_PFNMAP_READS],
  test(vma, _access, _slot, { manifest, target, generation }) {
    const mte = manifest.vm?.mte;
    const capable = mteCapable(vma, target, generation);
    if (generation === null || mte === false || capable === true) return pass;
    const { answer: writeBack, missing } = stage2Is(vma, target, generation, isWriteBack);
    if (writeBack === false) return pass;
    const facts = { mte: mte ?? null, mteAllowed: vma.mteAllowed ?? null, shared: vma.shared ?? null };
    const certain = mte === true && capable === false && writeBack;
    if (certain) return reject(facts, 'The VM has MTE, and the page under the fault cannot carry tags.');
    const untold = capable === undefined ? missingMteCapable(vma, target, generation) : [];
    return unknown([absent(mte, '/manifest/vm/mte'), ...untold, ...missing], facts);
  },
};
