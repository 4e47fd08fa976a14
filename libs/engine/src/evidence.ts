import { CACHEABLE_PFNMAP_CAP, capability, capabilityValue } from './capabilities.js';
import { before, EVERY_GENERATION, generationOfKernel, since } from './generations.js';
import { parseKernelRelease } from './kernel-release.js';
import type { Fingerprint } from './model/fingerprint.js';
import type { GenerationId } from './model/verdict.js';

/** One way of telling the generation: the capability, and what its answers prove. */
interface Evidence {
  readonly capability: string;
  readonly proves: (fingerprint: Fingerprint) => readonly GenerationId[] | undefined;
}

/**
 * Only the capability that came with a change of behaviour tells of that change: distributions bring over one series at a time,
 * so having or lacking another capability of the same release proves nothing (semantics 1.1, 4.1 and 6).
 */
export const EVIDENCE: readonly Evidence[] = [
  { capability: CACHEABLE_PFNMAP_CAP, proves: byCacheablePfnmap },
  { capability: 'KVM_CAP_GUEST_MEMFD', proves: byGuestMemfd },
  { capability: 'KVM_CAP_GUEST_MEMFD_FLAGS', proves: byGuestMemfdFlags },
];

/**
 * The generations a host could be of, oldest first. What was probed outranks the release, because distributions backport;
 * the release is a lower bound, and decides where nothing probed could tell.
 */
export function tellGenerations(fingerprint: Fingerprint, doubted: ReadonlySet<string>): readonly GenerationId[] {
  let candidates = EVERY_GENERATION;
  for (const { capability: name, proves } of EVIDENCE) {
    if (doubted.has(`/kvm/capabilities/${name}`)) continue;
    const proven = proves(fingerprint);
    if (proven !== undefined) candidates = candidates.filter((id) => proven.includes(id));
  }
  return doubted.has('/kernel/release') ? candidates : narrowByRelease(fingerprint, candidates);
}

function narrowByRelease(fingerprint: Fingerprint, candidates: readonly GenerationId[]): readonly GenerationId[] {
  const version = parseKernelRelease(fingerprint.kernel?.release);
  if (version === undefined) return candidates;
  const mainline = generationOfKernel(version);
  // Older than the oldest span, unless a backport proves otherwise.
  if (mainline === undefined) return candidates.includes('device-only') ? [] : candidates;
  if (!candidates.includes(mainline)) return candidates;
  // A backport shows in a capability. Where the one that would show it was not asked, every later span stays possible.
  return probedAbove(fingerprint, mainline) ? [mainline] : candidates.filter((id) => since(mainline).includes(id));
}

/** Could a backport to this generation's kernel have gone unseen? Not where the capability of the next span was asked. */
function probedAbove(fingerprint: Fingerprint, mainline: GenerationId): boolean {
  if (mainline === 'device-only' || mainline === 'normal-nc') return askedCacheablePfnmap(fingerprint);
  if (mainline === 'cacheable-pfnmap') return capabilityValue(fingerprint, 'KVM_CAP_GUEST_MEMFD') !== undefined;
  return true;
}

function askedCacheablePfnmap(fingerprint: Fingerprint): boolean {
  return byCacheablePfnmap(fingerprint) !== undefined;
}

function byCacheablePfnmap(fingerprint: Fingerprint): readonly GenerationId[] | undefined {
  const cap = capability(fingerprint, CACHEABLE_PFNMAP_CAP);
  if (cap?.system === 'EINVAL' || cap?.vm === 1) return since('cacheable-pfnmap');
  return cap?.system === 0 ? before('cacheable-pfnmap') : undefined;
}

function byGuestMemfd(fingerprint: Fingerprint): readonly GenerationId[] | undefined {
  const value = capabilityValue(fingerprint, 'KVM_CAP_GUEST_MEMFD');
  if (typeof value !== 'number') return undefined;
  return value > 0 ? since('guest-memfd') : before('guest-memfd');
}

/** The flags came with or after guest_memfd itself, so only their presence proves anything. */
function byGuestMemfdFlags(fingerprint: Fingerprint): readonly GenerationId[] | undefined {
  const value = capabilityValue(fingerprint, 'KVM_CAP_GUEST_MEMFD_FLAGS');
  return typeof value === 'number' && value > 0 ? since('guest-memfd') : undefined;
}
