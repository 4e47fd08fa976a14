import type { Derived } from '../model/verdict.js';
import type { Slot } from '../slot.js';
import type { Vma } from '../vma.js';

const NONE: readonly never[] = [];

/** What an answer takes from the catalogue, once each: a region of the target stands under every slot that maps it. */
export function derivedIn(slots: readonly Slot[]): readonly Derived[] {
  const found = new Map<string, Derived>();
  for (const { vmas = NONE, vmasAtFault = NONE } of slots) {
    gather(found, vmas);
    if (vmasAtFault !== vmas) gather(found, vmasAtFault);
  }
  return found.size === 0 ? NONE : [...found.values()];
}

function gather(found: Map<string, Derived>, vmas: readonly Vma[]): void {
  for (const { derived } of vmas) for (const fact of derived) found.set(fact.at, fact);
}
