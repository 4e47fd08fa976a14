import type { Asked } from './check.js';
import { hasFlag, type Slot } from './slot.js';

/** The function that handles the fault: user_mem_abort(), pkvm_mem_abort(), or one that consults no VMA. */
export type Way = 'ordinary' | 'protected' | 'either' | 'neither';

/** Which way kvm_handle_guest_abort() would take for a slot (rule F6). */
export interface FaultPath {
  readonly way: Way;
  /** What would tell the way, where it cannot be told: then no objection is certain. */
  readonly missing: readonly string[];
}

const ORDINARY: FaultPath = { way: 'ordinary', missing: [] };
const PROTECTED: FaultPath = { way: 'protected', missing: [] };
const UNTOLD: FaultPath = { way: 'either', missing: ['/manifest/vm/type'] };
/** No VMA is consulted: the page comes from the file, and is struct-page memory. */
const GUEST_MEMFD: FaultPath = { way: 'neither', missing: [] };

export function faultPathOf(slot: Slot, asked: Asked): FaultPath {
  const type = asked.manifest.vm?.type;
  if (slot.flags === undefined)
    return { way: type === 'protected' ? 'either' : 'ordinary', missing: [`${slot.at}/flags`] };
  if (type === 'protected') return PROTECTED;
  if (type === undefined && mayHostProtected(asked)) return UNTOLD;
  return hasFlag(slot, 'guest-memfd') === true ? GUEST_MEMFD : ORDINARY;
}

function mayHostProtected({ generation, target }: Asked): boolean {
  return generation === 'protected-guest' && (target.mode === undefined || target.mode === 'protected');
}
