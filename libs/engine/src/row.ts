import type { Answer, Asked, Check } from './check.js';
import type { Errno } from './model/errno.js';
import type { Access, Stage2Type } from './model/memory.js';
import type { Fault, MemslotRow } from './model/verdict.js';
import type { Admission } from './reading.js';
import { hasFlag, type Slot } from './slot.js';
import { cacheMaintenanceOf, stage2Of } from './stage2.js';
import type { Vma } from './vma.js';

/** How one kind of access ends; no `answer` means that it exits to the VMM. */
export interface AccessResult {
  readonly access: Access;
  readonly check: Check | undefined;
  readonly answer: Answer | undefined;
}

/** From best to worst; the row says the worst of the accesses asked for. */
const WORSE: readonly Fault[] = ['not-reached', 'ok', 'mmio', 'injected', 'unknown', 'refused'];

/** One line of the per-mapping table. `results` is `undefined` where it is not known what stands under the slot. */
export function rowOf(
  slot: Slot,
  vma: Vma | undefined,
  admission: Admission,
  results: readonly AccessResult[] | undefined,
  asked: Asked,
): MemslotRow {
  const row = { slot: slot.slot, mapping: vma?.index ?? null, ...admission };
  if (admission.registration === 'refused') return { ...row, ...NOTHING, fault: 'not-reached' };
  if (results === undefined || asked.generation === null) return { ...row, ...NOTHING, fault: 'unknown' };
  const worst = worstOf(results);
  const type = installed(slot, vma, results, asked);
  return {
    ...row,
    fault: worst.fault,
    faultErrno: worst.errno,
    stage2: type,
    cacheMaintenance: type === null ? null : cacheMaintenanceOf(type, asked.target),
  };
}

const NOTHING = { faultErrno: null, stage2: null, cacheMaintenance: null } as const;

function worstOf(results: readonly AccessResult[]): { fault: Fault; errno: Errno | null } {
  let worst: { fault: Fault; errno: Errno | null } = { fault: 'not-reached', errno: null };
  for (const result of results) {
    const fault = faultOf(result);
    if (WORSE.indexOf(fault) > WORSE.indexOf(worst.fault))
      worst = { fault, errno: fault === 'refused' ? (result.check?.errno ?? null) : null };
  }
  return worst;
}

function faultOf({ check, answer }: AccessResult): Fault {
  if (answer === undefined) return 'mmio';
  if (answer.kind === 'pass') return 'ok';
  if (answer.kind === 'unknown') return 'unknown';
  return check?.errno === null ? 'injected' : 'refused';
}

/** The type that an access which succeeds leaves in the stage-2 descriptor. */
function installed(
  slot: Slot,
  vma: Vma | undefined,
  results: readonly AccessResult[],
  asked: Asked,
): Stage2Type | null {
  if (!results.some((result) => faultOf(result) === 'ok')) return null;
  if (results.some((result) => faultOf(result) === 'refused')) return null;
  if (hasFlag(slot, 'guest-memfd') === true || asked.manifest.vm?.type === 'protected') return 'normal-wb';
  if (vma === undefined || asked.generation === null) return null;
  const { answer } = stage2Of(vma, asked.target, asked.generation);
  return answer === undefined || answer === 'refused' ? null : answer;
}
