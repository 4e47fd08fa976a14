import type { Admission } from './admission.js';
import type { Asked } from './check.js';
import type { Noted } from './finding.js';
import type { Errno } from './model/errno.js';
import type { CacheMaintenance, Stage2Type } from './model/memory.js';
import type { Fault, MemslotRow } from './model/verdict.js';
import { hasFlag, type Slot } from './slot.js';
import { cacheMaintenanceOf, stage2Of } from './stage2.js';
import type { Vma } from './vma.js';

/** How one kind of access ends: it goes through, it exits to the VMM, or the first check to object ends it. */
export type AccessResult = 'ok' | 'mmio' | Noted;

/** From best to worst; the row says the worst of the accesses asked for. */
const WORSE: readonly Fault[] = ['not-reached', 'ok', 'mmio', 'injected', 'unknown', 'refused'];

/** One line of the per-mapping table, of a slot that was not refused. */
export function rowOf(
  slot: Slot,
  vma: Vma | undefined,
  admission: Admission,
  results: readonly AccessResult[],
  asked: Asked,
): MemslotRow {
  const mapping = vma?.index ?? null;
  if (asked.generation === null) return row(slot, mapping, admission, 'unknown');
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
    worst = { fault, errno: typeof result === 'string' || fault !== 'refused' ? null : result.check.errno };
  }
  return worst;
}

function faultOf(result: AccessResult): Fault {
  if (typeof result === 'string') return result;
  if (result.answer.kind === 'unknown') return 'unknown';
  return result.check.errno === null ? 'injected' : 'refused';
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
