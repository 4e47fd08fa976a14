import type { HostFacts } from './facts.js';
import { compareKernels, type KernelVersion } from './kernel-release.js';
import type { GenerationId } from './model/verdict.js';
import { missingFlags, type Vma } from './vma.js';

/** linux c911f0d46879 "KVM: arm64: permit all VM_MTE_ALLOWED mappings with MTE enabled"; before it, any VM_SHARED VMA was refused. */
const BY_VM_MTE_ALLOWED: KernelVersion = [6, 2];

/** Which of a VMA's flags decides whether it is MTE-capable: told by the release within the oldest generation, else always the same. */
function decidedByShared(target: HostFacts, generation: GenerationId | null): boolean | undefined {
  if (generation !== 'device-only') return false;
  return target.release === undefined ? undefined : compareKernels(target.release, BY_VM_MTE_ALLOWED) < 0;
}

/** linux arch/arm64/kvm/mmu.c kvm_vma_mte_allowed(). */
export function mteCapable(vma: Vma, target: HostFacts, generation: GenerationId | null): boolean | undefined {
  const byShared = decidedByShared(target, generation);
  const unshared = vma.shared === undefined ? undefined : !vma.shared;
  if (byShared === undefined) return vma.mteAllowed === unshared ? unshared : undefined;
  return byShared ? unshared : vma.mteAllowed;
}

export function missingMteCapable(vma: Vma, target: HostFacts, generation: GenerationId | null): readonly string[] {
  const flags = missingFlags(vma, vma.mteAllowed);
  if (flags !== undefined) return [flags];
  return decidedByShared(target, generation) === undefined ? ['/fingerprint/kernel/release'] : [];
}
