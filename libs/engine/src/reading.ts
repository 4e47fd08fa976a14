import type { Admission } from './admission.js';
import type {
  Asked,
  Check,
  DeviceCheck,
  FaultCheck,
  HostCheck,
  MappingCheck,
  Reject,
  SlotCheck,
  Unknown,
} from './check.js';
import { CHECKS } from './checks.js';
import { type FaultPath, faultPathOf, type Way } from './fault-path.js';
import { findingOf, type Noted } from './finding.js';
import type { Access } from './model/memory.js';
import {
  type Fault,
  type Finding,
  type GenerationId,
  type MemslotRow,
  PHASES,
  type Phase,
  type Policy,
} from './model/verdict.js';
import { type AccessResult, row, rowOf } from './row.js';
import { hasFlag, type Slot } from './slot.js';
import type { Vma } from './vma.js';

/** What one generation's kernel would answer: findings in restore order, and what becomes of each mapping. */
export interface Reading {
  readonly findings: readonly Finding[];
  readonly rows: readonly MemslotRow[];
}

/** The checks of one phase, sorted by what they are asked of. */
interface Asking {
  /** The question as a whole, or each device. */
  readonly once: readonly (HostCheck | DeviceCheck)[];
  readonly slot: readonly SlotCheck[];
  readonly mapping: readonly MappingCheck[];
  readonly access: Readonly<Record<Way, readonly FaultCheck[]>>;
}

type Agenda = Readonly<Record<Phase, Asking>>;

const agendas = new WeakMap<readonly Check[], Map<GenerationId | null, Agenda>>();

/** Drawn up once for each generation. A kernel whose generation is not known at all is asked what holds in every one. */
function agendaFor(generation: GenerationId | null, checks: readonly Check[]): Agenda {
  const known = agendas.get(checks) ?? new Map<GenerationId | null, Agenda>();
  const found = known.get(generation);
  if (found !== undefined) return found;
  const asked = checks.filter((check) => generation === null || check.generations.includes(generation));
  const phases = PHASES.map((phase) => [phase, sorted(asked.filter((check) => check.phase === phase))] as const);
  const agenda = Object.fromEntries(phases) as Agenda;
  agendas.set(checks, known.set(generation, agenda));
  return agenda;
}

function sorted(checks: readonly Check[]): Asking {
  const access = checks.filter((check) => check.scope === 'access');
  return {
    once: checks.filter((check) => check.scope === 'vm' || check.scope === 'device'),
    slot: checks.filter((check) => check.scope === 'slot'),
    mapping: checks.filter((check) => check.scope === 'mapping'),
    access: {
      ordinary: access.filter(({ path }) => path === 'ordinary'),
      protected: access.filter(({ path }) => path === 'protected'),
      either: access,
      neither: [],
    },
  };
}

/** One reading under way: what is asked, and every answer so far that is not a pass, in restore order. */
interface Hearing {
  readonly asked: Asked;
  readonly noted: Noted[];
}

/** Asks every check of one generation. `checks` is given by tests that leave one out. */
export function read(
  asked: Asked,
  phases: readonly Phase[],
  policy: Policy,
  checks: readonly Check[] = CHECKS,
): Reading {
  const agenda = agendaFor(asked.generation, checks);
  const hearing: Hearing = { asked, noted: [] };
  const slots = asked.slots ?? NONE;
  let admissions: readonly Admission[] | undefined;
  let rows: readonly MemslotRow[] | undefined;
  for (const phase of phases) {
    const asking = agenda[phase];
    askOnce(asking.once, hearing);
    if (phase === 'memslot') admissions = slots.map((slot) => admit(slot, asking, hearing));
    else if (phase === 'fault')
      rows = slots.flatMap((slot, at) => touch(slot, admissions?.[at] ?? UNASKED, asking, hearing));
    else askOfSlots(asking.slot, slots, hearing);
  }
  return {
    findings: hearing.noted.map((noted) => findingOf(noted, policy)),
    rows: rows ?? slots.flatMap((slot, at) => rowsUntouched(slot, admissions?.[at])),
  };
}

const NONE: readonly never[] = [];

// A check that passes costs its call and leaves nothing behind. Whatever a finding needs is put together where there is one.

function askOnce(checks: readonly (HostCheck | DeviceCheck)[], hearing: Hearing): void {
  for (const check of checks) {
    if (check.scope === 'vm') askOfVm(check, hearing);
    else askOfDevices(check, hearing);
  }
}

function askOfVm(check: HostCheck, { asked, noted }: Hearing): void {
  const answer = check.test(asked);
  if (answer.kind !== 'pass') noted.push({ check, answer });
}

function askOfDevices(check: DeviceCheck, { asked, noted }: Hearing): void {
  for (const device of asked.devices ?? NONE) {
    const answer = check.test(device, asked);
    if (answer.kind !== 'pass') noted.push({ check, answer, device });
  }
}

function askOfSlots(checks: readonly SlotCheck[], slots: readonly Slot[], hearing: Hearing): void {
  if (checks.length === 0) return;
  for (const slot of slots) askOfSlot(checks, slot, hearing);
}

function askOfSlot(checks: readonly SlotCheck[], slot: Slot, { asked, noted }: Hearing): void {
  for (const check of checks) {
    const answer = check.test(slot, asked);
    if (answer.kind !== 'pass') noted.push({ check, answer, slot });
  }
}

function askOfVma(checks: readonly MappingCheck[], vma: Vma, slot: Slot, { asked, noted }: Hearing): void {
  for (const check of checks) {
    const answer = check.test(vma, slot, asked);
    if (answer.kind !== 'pass') noted.push({ check, answer, slot, vma });
  }
}

const ADMITTED: Admission = { registration: 'ok', errno: null };
const UNASKED: Admission = { registration: 'unknown', errno: null };

/** KVM_SET_USER_MEMORY_REGION2 on one slot: the first refusal is the errno, and every finding is reported. */
function admit(slot: Slot, asking: Asking, hearing: Hearing): Admission {
  const before = hearing.noted.length;
  askOfSlot(asking.slot, slot, hearing);
  for (const vma of slot.vmas ?? NONE) askOfVma(asking.mapping, vma, slot, hearing);
  return hearing.noted.length === before ? ADMITTED : foldAdmission(hearing.noted.slice(before));
}

function foldAdmission(noted: readonly Noted[]): Admission {
  const objections = noted.filter(({ check }) => check.severity === 'reject');
  if (objections.length === 0) return ADMITTED;
  const refused = objections.findIndex(({ answer }) => answer.kind === 'reject');
  if (refused < 0) return { registration: 'unknown', errno: null };
  const errno = objections[refused]?.check.errno ?? null;
  // A doubt that KVM would have come to first may have refused with another errno.
  const certain = objections.slice(0, refused).every(({ check }) => check.errno === errno);
  return { registration: 'refused', errno: certain ? errno : null };
}

/** Rows of a slot that nothing has touched; none where nothing has registered it either. */
function rowsUntouched(slot: Slot, admission: Admission | undefined): readonly MemslotRow[] {
  return admission === undefined ? NONE : rowsAlike(slot, slot.vmas, admission, 'unknown');
}

/** The same for each VMA, or for the slot itself where there is none. */
function rowsAlike(
  slot: Slot,
  vmas: readonly Vma[] | undefined,
  admission: Admission,
  fault: Fault,
): readonly MemslotRow[] {
  if (vmas === undefined || vmas.length === 0) return [row(slot, null, admission, fault)];
  return vmas.map(({ index }) => row(slot, index, admission, fault));
}

/** The first touch of each VMA under a slot, by each kind of access that the guest makes. */
function touch(slot: Slot, admission: Admission, asking: Asking, hearing: Hearing): readonly MemslotRow[] {
  const vmas = slot.vmasAtFault;
  // The guest never gets to touch what was refused.
  if (admission.registration === 'refused') return rowsAlike(slot, vmas, admission, 'not-reached');
  const before = hearing.noted.length;
  askOfSlot(asking.slot, slot, hearing);
  if (vmas === undefined) return [row(slot, null, admission, 'unknown')];
  if (vmas.length === 0)
    return [rowOf(slot, undefined, admission, endings(hearing.noted.slice(before)), hearing.asked)];
  const path = faultPathOf(slot, hearing.asked);
  return vmas.map((vma) =>
    rowOf(slot, vma, admission, touchVma(vma, slot, path, asking.access[path.way], hearing), hearing.asked),
  );
}

/** What ends an access to a slot with nothing under it. */
function endings(objections: readonly Noted[]): readonly AccessResult[] {
  return objections.filter(({ check }) => check.severity === 'reject');
}

/** Contract 2.2: read and write unless said otherwise, read alone in a `readonly` slot. */
const READ_AND_WRITE: readonly Access[] = ['read', 'write'];
const READ: readonly Access[] = ['read'];

function touchVma(
  vma: Vma,
  slot: Slot,
  path: FaultPath,
  checks: readonly FaultCheck[],
  { asked, noted }: Hearing,
): readonly AccessResult[] {
  const results: AccessResult[] = [];
  const objections: Noted<FaultCheck>[] = [];
  const readonly = hasFlag(slot, 'readonly') === true;
  for (const access of vma.access ?? (readonly ? READ : READ_AND_WRITE)) {
    // A write to a READONLY slot never reaches the memory: it exits to the VMM as MMIO.
    if (readonly && access === 'write') results.push('mmio');
    else results.push(touchOnce(vma, access, slot, path, checks, asked, objections));
  }
  if (objections.length > 0) noted.push(...together(objections, checks));
  return results;
}

/** Asks in order until a check is certain to end the access; a warning ends nothing. */
function touchOnce(
  vma: Vma,
  access: Access,
  slot: Slot,
  path: FaultPath,
  checks: readonly FaultCheck[],
  asked: Asked,
  objections: Noted<FaultCheck>[],
): AccessResult {
  let first: AccessResult = 'ok';
  for (const check of checks) {
    const answer = check.test(vma, access, slot, asked);
    if (answer.kind === 'pass') continue;
    const objection = { check, answer: onPath(answer, path), slot, vma };
    objections.push(objection);
    if (check.failure === 'silent' || check.severity === 'warn') continue;
    if (first === 'ok') first = objection;
    if (objection.answer.kind === 'reject') break;
  }
  return first;
}

/** What the checks say of all kinds of access to one VMA: each once, and in their order. */
function together(objections: readonly Noted<FaultCheck>[], checks: readonly FaultCheck[]): readonly Noted[] {
  return checks.flatMap((check) => {
    const [first, ...others] = objections.filter((objection) => objection.check === check);
    return first === undefined ? [] : [others.reduce(both, first)];
  });
}

/** A rejection outweighs a doubt, and doubts add up. */
function both(one: Noted<FaultCheck>, other: Noted<FaultCheck>): Noted<FaultCheck> {
  if (other.answer.kind === 'reject') return other;
  if (one.answer.kind === 'reject') return one;
  const missing = [...new Set([...one.answer.missing, ...other.answer.missing])];
  return { ...one, answer: { ...one.answer, missing } };
}

/** An objection on a way that the fault may not take is a doubt. */
function onPath(answer: Reject | Unknown, { missing }: FaultPath): Reject | Unknown {
  if (missing.length === 0) return answer;
  const untold = answer.kind === 'unknown' ? answer.missing : [];
  return { kind: 'unknown', actual: answer.actual, missing: [...missing, ...untold] };
}
