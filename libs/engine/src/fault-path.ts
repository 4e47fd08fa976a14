import type { Asked } from './check.js';
import { hasFlag, type Slot } from './slot.js';

/** Which way kvm_handle_guest_abort() would take for a slot (rule F6). */
export interface FaultPath {
  readonly ordinary: boolean;
  readonly protected: boolean;
  /** What would tell the way, where it cannot be told: then no objection is certain. */
  readonly missing: readonly string[];
}

const ORDINARY: FaultPath = { ordinary: true, protected: false, missing: [] };
const PROTECTED: FaultPath = { ordinary: false, protected: true, missing: [] };
/** No VMA is consulted: the page comes from the file, and is struct-page memory. */
const GUEST_MEMFD: FaultPath = { ordinary: false, protected: false, missing: [] };

export function faultPathOf(slot: Slot, asked: Asked): FaultPath {
  const type = asked.manifest.vm?.type;
  if (slot.flags === undefined)
    return { ordinary: true, protected: type === 'protected', missing: [`${slot.at}/flags`] };
  if (type === 'protected') return PROTECTED;
  if (type === undefined && mayHostProtected(asked))
    return { ordinary: true, protected: true, missing: ['/manifest/vm/type'] };
  return hasFlag(slot, 'guest-memfd') === true ? GUEST_MEMFD : ORDINARY;
}

function mayHostProtected({ generation, target }: Asked): boolean {
  return generation === 'protected-guest' && (target.mode === undefined || target.mode === 'protected');
}
