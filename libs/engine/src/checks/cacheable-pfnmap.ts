import { type MappingCheck, pass, reject, unknown } from '../check.js';
import { since } from '../generations.js';
import { CACHEABLE_PFNMAP_READS } from '../reads.js';
import { missingCacheablePfnmap } from '../stage2.js';
import { missingFlags, missingType } from '../vma.js';

// KVM does cache maintenance through its linear map, and a PFNMAP page may not be in it. FWB makes the D-side needless, DIC the
// I-side. Map memory is not asked here: RAM behind a PFNMAP VMA is refused too, although the fault path would take it.
export const cacheablePfnmap: MappingCheck = {
  id: 'cacheable-pfnmap',
  scope: 'mapping',
  phase: 'memslot',
  reason: 'CACHEABLE_PFNMAP_UNSUPPORTED',
  errno: 'EINVAL',
  failure: 'refused',
  severity: 'reject',
  sourceOutcome: 'unaffected',
  generations: since('cacheable-pfnmap'),
  statement: 'A cacheable VM_PFNMAP VMA needs a host with FEAT_S2FWB and CTR_EL0.DIC.',
  expected: 'fwb and dic',
  remedy: 'Ask for a target with FWB and DIC (KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED reads 1 on a VM fd).',
  cite: 'linux arch/arm64/kvm/mmu.c kvm_arch_prepare_memory_region(), kvm_supports_cacheable_pfnmap()',
  reads: [
    '/manifest/memslots/*/mappings/*/vmFlags',
    '/manifest/memslots/*/mappings/*/memoryType',
    '/fingerprint/devices',
    ...CACHEABLE_PFNMAP_READS,
  ],
  test(vma, _slot, { target }) {
    if (vma.pfnmap === false || vma.cacheable === false || target.cacheablePfnmap === true) return pass;
    const facts = { memoryType: vma.memoryType ?? null, fwb: target.fwb ?? null, dic: target.dic ?? null };
    if (vma.pfnmap && vma.cacheable && target.cacheablePfnmap === false)
      return reject(
        facts,
        `The VMA is cacheable VM_PFNMAP memory, and the target has ${lacks(target.fwb, target.dic)}.`,
      );
    return unknown([missingFlags(vma, vma.pfnmap), missingType(vma), ...missingCacheablePfnmap(target)], facts);
  },
};

export function lacks(fwb: boolean | undefined, dic: boolean | undefined): string {
  if (fwb === false && dic === false) return 'neither FWB nor DIC';
  if (fwb === false) return 'no FWB';
  return dic === false ? 'no DIC' : 'not both of FWB and DIC';
}
