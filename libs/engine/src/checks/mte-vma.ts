import { absent, type MappingCheck, pass, reject, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';
import { missingMteCapable, mteCapable } from '../mte.js';

export const mteVma: MappingCheck = {
  id: 'mte-vma',
  scope: 'mapping',
  phase: 'memslot',
  reason: 'MTE_VMA_NOT_ALLOWED',
  errno: 'EINVAL',
  failure: 'refused',
  severity: 'reject',
  sourceOutcome: 'unaffected',
  generations: EVERY_GENERATION,
  statement: 'Under a VM with MTE every VMA can carry tags: VM_MTE_ALLOWED, or before 6.2 a VMA that is not shared.',
  expected: 'a VMA that can carry tags',
  remedy: 'Back the slot with anonymous memory or memfd; a VM with MTE cannot own a device mapping in any kernel.',
  cite: 'linux arch/arm64/kvm/mmu.c kvm_arch_prepare_memory_region(), kvm_vma_mte_allowed()',
  reads: [
    '/manifest/vm/mte',
    '/manifest/memslots/*/mappings/*/vmFlags',
    '/fingerprint/devices',
    '/fingerprint/kernel/release',
  ],
  test(vma, _slot, { manifest, target, generation }) {
    const mte = manifest.vm?.mte;
    const capable = mteCapable(vma, target, generation);
    if (mte === false || capable === true) return pass;
    const facts = { mte: mte ?? null, mteAllowed: vma.mteAllowed ?? null, shared: vma.shared ?? null };
    if (mte === true && capable === false) return reject(facts, 'The VM has MTE, and the VMA cannot carry tags.');
    return unknown(
      [absent(mte, '/manifest/vm/mte'), ...(capable === undefined ? missingMteCapable(vma, target, generation) : [])],
      facts,
    );
  },
};
