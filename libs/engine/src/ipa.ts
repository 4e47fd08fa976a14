import type { HostFacts } from './facts.js';
import type { GenerationId } from './model/verdict.js';

/**
 * On a pKVM host the limit counts, whatever size was asked for. Recorded on 6.12 and 7.2 and not on 6.1 (semantics 3.4), so
 * told here from the first generation after it. `undefined`: not known.
 */
export function ignoresAskedIpaSize(target: HostFacts, generation: GenerationId | null): boolean | undefined {
  if (generation === 'device-only') return false;
  return target.mode === undefined ? undefined : target.mode === 'protected';
}
