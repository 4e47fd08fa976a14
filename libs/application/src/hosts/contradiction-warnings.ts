import { contradictionsOf, type Fingerprint } from '@berth/engine';
import type { Warning } from '../submission.js';

/** Facts that cannot be true together; the engine takes each of them for unknown. */
export function contradictionWarnings(facts: Fingerprint): readonly Warning[] {
  return contradictionsOf(facts).flatMap(({ facts: pointers, message }) =>
    pointers.map((pointer) => ({ code: 'FACTS_CONTRADICT', pointer, detail: `${message}; taken for unknown` })),
  );
}
