import { factsOf } from './facts.js';
import type { Fingerprint } from './model/fingerprint.js';
import type { GenerationId } from './model/verdict.js';

/** The kernel generations a host could be of, oldest first; `known` where there is only one. None: older than the rulebook. */
export interface TellingGeneration {
  readonly candidates: readonly GenerationId[];
  readonly known: GenerationId | null;
}

export function generationsOf(fingerprint: Fingerprint): TellingGeneration {
  const { candidates } = factsOf(fingerprint);
  return { candidates, known: candidates.length === 1 ? (candidates[0] ?? null) : null };
}
