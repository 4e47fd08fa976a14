import type { HostFacts } from './facts.js';
import type { Manifest } from './model/manifest.js';
import type { GenerationId } from './model/verdict.js';

/** The VM type field's 0 asks for this many bits. */
const DEFAULT_IPA_BITS = 40;
export const SMALLEST_IPA_BITS = 32;

/** The IPA bits that KVM_CREATE_VM is asked for. */
export function askedIpaBits(manifest: Manifest): number | undefined {
  const ipaBits = manifest.vm?.ipaBits;
  return ipaBits === 0 ? DEFAULT_IPA_BITS : ipaBits;
}

/**
 * On a pKVM host the limit counts, whatever size was asked for. Recorded on 6.12 and 7.2 and not on 6.1 (semantics 3.4), so
 * told here from the first generation after it. `undefined`: not known.
 */
export function ignoresAskedIpaSize(target: HostFacts, generation: GenerationId | null): boolean | undefined {
  if (generation === 'device-only') return false;
  return target.mode === undefined ? undefined : target.mode === 'protected';
}
