import type { Admission } from './admission.js';
import type { Answer, Asked, Check } from './check.js';
import type { Errno } from './model/errno.js';
import type { Access, CacheMaintenance, Stage2Type } from './model/memory.js';
import type { Fault, MemslotRow } from './model/verdict.js';
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
  const mapping = vma?.index ?? null;
  if (admission.registration === 'refused') return row(slot, mapping, admission, 'not-reached');
  if (results === undefined || asked.generation === null) return row(slot, mapping, admission, 'unknown');
  const worst = worstOf(results);
  const type = installed(slot, vma, results, asked);
  const maintenance = type === null ? null : cacheMaintenanceOf(type, asked.target);
  return row(slot, mapping, admission, worst.fault, worst.errno, type, maintenance);
}

/** Written out: spreading objects together was a third of the time of a decision. */
export function row(
  slot: Slot,
  mapping: number | null,
  { registration, errno }: Admission,
  fault: Fault,
  faultErrno: Errno | null = null,
  stage2: Stage2Type | null = null,
  cacheMaintenance: CacheMaintenance | null = null,
): MemslotRow {
  return { slot: slot.slot, mapping, registration, errno, fault, faultErrno, stage2, cacheMaintenance };
}

interface Ending {
  readonly fault: Fault;
  readonly errno: Errno | null;
}

const UNTOUCHED: Ending = { fault: 'not-reached', errno: null };

function worstOf(results: readonly AccessResult[]): Ending {
  let worst = UNTOUCHED;
  for (const result of results) {
    const fault = faultOf(result);
    if (WORSE.indexOf(fault) <= WORSE.indexOf(worst.fault)) continue;
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
