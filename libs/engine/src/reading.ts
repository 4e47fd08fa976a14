import type { Admission } from './admission.js';
import type {
  Answer,
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
import { faultPathOf } from './fault-path.js';
import { findingOf, type Place } from './finding.js';
import type { Access } from './model/memory.js';
import type { Finding, GenerationId, MemslotRow, Phase, Policy } from './model/verdict.js';
import { type AccessResult, row, rowOf } from './row.js';
import { hasFlag, type Slot } from './slot.js';
import type { Vma } from './vma.js';

/** What one generation's kernel would answer: findings in restore order, and what becomes of each mapping. */
export interface Reading {
  readonly findings: readonly Finding[];
  readonly rows: readonly MemslotRow[];
}

/** The checks that apply to one generation, sorted by what they are asked of. */
interface Asking {
  readonly vm: readonly (HostCheck | DeviceCheck)[];
  /** Of slots, by others than the two functions that register and touch them. */
  readonly apart: readonly SlotCheck[];
  readonly slot: readonly SlotCheck[];
  readonly mapping: readonly MappingCheck[];
  readonly slotAtFault: readonly SlotCheck[];
  readonly access: readonly FaultCheck[];
}

const OF_MEMORY: readonly Phase[] = ['memslot', 'fault'];

const askings = new WeakMap<readonly Check[], Map<GenerationId | null, Asking>>();

/** A kernel whose generation is not known at all is asked what holds in every generation. */
function askingFor(generation: GenerationId | null, checks: readonly Check[]): Asking {
  const known = askings.get(checks) ?? new Map<GenerationId | null, Asking>();
  const found = known.get(generation);
  if (found !== undefined) return found;
  const asked = checks.filter((check) => generation === null || check.generations.includes(generation));
  const asking: Asking = {
    vm: asked.filter((check) => check.scope === 'vm' || check.scope === 'device'),
    apart: asked.filter((check) => check.scope === 'slot' && !OF_MEMORY.includes(check.phase)) as SlotCheck[],
    slot: asked.filter((check) => check.scope === 'slot' && check.phase === 'memslot') as SlotCheck[],
    mapping: asked.filter((check) => check.scope === 'mapping'),
    slotAtFault: asked.filter((check) => check.scope === 'slot' && check.phase === 'fault') as SlotCheck[],
    access: asked.filter((check) => check.scope === 'access'),
  };
  askings.set(checks, known.set(generation, asking));
  return asking;
}

/** Asks every check of one generation. `checks` is given by tests that leave one out. */
export function read(
  asked: Asked,
  phases: readonly Phase[],
  policy: Policy,
  checks: readonly Check[] = CHECKS,
): Reading {
  const asking = askingFor(asked.generation, checks);
  const inPhase = new Map<Phase, Finding[]>(phases.map((phase) => [phase, []]));
  const note = (check: Check, answer: Answer, place: Place = {}) => {
    if (answer.kind !== 'pass') inPhase.get(check.phase)?.push(findingOf(check, answer, policy, place));
  };
  for (const check of asking.vm) if (inPhase.has(check.phase)) askOnce(check, asked, note);
  for (const slot of asked.slots ?? [])
    for (const check of asking.apart) note(check, check.test(slot, asked), { slot });
  const rows = (asked.slots ?? []).flatMap((slot) => {
    const admission = inPhase.has('memslot') ? admit(slot, asked, asking, note) : UNASKED;
    if (!inPhase.has('fault')) return rowsWithoutFault(slot, admission);
    return touch(slot, admission, asked, asking, admission.registration === 'refused' ? ignore : note);
  });
  const listed = inPhase.has('memslot') || inPhase.has('fault') ? rows : [];
  return { findings: phases.flatMap((phase) => inPhase.get(phase) ?? []), rows: listed };
}

type Note = (check: Check, answer: Answer, place?: Place) => void;

/** Once a question, or once a device. */
function askOnce(check: HostCheck | DeviceCheck, asked: Asked, note: Note): void {
  if (check.scope === 'vm') note(check, check.test(asked));
  else for (const device of asked.devices ?? []) note(check, check.test(device, asked), { device });
}

const ignore: Note = () => undefined;
const UNASKED: Admission = { registration: 'unknown', errno: null };

/** KVM_SET_USER_MEMORY_REGION2 on one slot: the first refusal is the errno, and every finding is reported. */
function admit(slot: Slot, asked: Asked, asking: Asking, note: Note): Admission {
  const objections: { check: Check; answer: Reject | Unknown }[] = [];
  const hear = (check: Check, answer: Answer, place: Place) => {
    if (answer.kind === 'pass') return;
    note(check, answer, place);
    objections.push({ check, answer });
  };
  for (const check of asking.slot) hear(check, check.test(slot, asked), { slot });
  for (const vma of slot.vmas ?? [])
    for (const check of asking.mapping) hear(check, check.test(vma, slot, asked), { slot, vma });
  return foldAdmission(objections);
}

function foldAdmission(objections: readonly { check: Check; answer: Reject | Unknown }[]): Admission {
  const refused = objections.findIndex(({ answer }) => answer.kind === 'reject');
  if (refused < 0) return { registration: objections.length === 0 ? 'ok' : 'unknown', errno: null };
  const errno = objections[refused]?.check.errno ?? null;
  // A doubt that KVM would have come to first may have refused with another errno.
  const certain = objections.slice(0, refused).every(({ check }) => check.errno === errno);
  return { registration: 'refused', errno: certain ? errno : null };
}

function rowsWithoutFault(slot: Slot, admission: Admission): readonly MemslotRow[] {
  const places = slot.vmas === undefined || slot.vmas.length === 0 ? [null] : slot.vmas;
  return places.map((vma) => row(slot, vma?.index ?? null, admission, 'unknown'));
}

/** The first touch of each VMA under a slot, by each kind of access that the guest makes. */
function touch(slot: Slot, admission: Admission, asked: Asked, asking: Asking, note: Note): readonly MemslotRow[] {
  const empty: AccessResult[] = [];
  for (const check of asking.slotAtFault) {
    const answer = check.test(slot, asked);
    note(check, answer, { slot });
    if (answer.kind !== 'pass' && check.severity === 'reject') empty.push({ access: 'read', check, answer });
  }
  if (slot.vmasAtFault === undefined || slot.vmasAtFault.length === 0)
    return [rowOf(slot, undefined, admission, slot.vmasAtFault === undefined ? undefined : empty, asked)];
  return slot.vmasAtFault.map((vma) => rowOf(slot, vma, admission, touchVma(vma, slot, asked, asking, note), asked));
}

function touchVma(vma: Vma, slot: Slot, asked: Asked, asking: Asking, note: Note): readonly AccessResult[] {
  const results: AccessResult[] = [];
  const noted = new Map<FaultCheck, Reject | Unknown>();
  const path = faultPathOf(slot, asked);
  const checks = asking.access.filter((check) => path[check.path]);
  for (const access of accessesOf(vma, slot)) {
    // A write to a READONLY slot never reaches the memory: it exits to the VMM as MMIO.
    if (access === 'write' && hasFlag(slot, 'readonly') === true) {
      results.push({ access, check: undefined, answer: undefined });
      continue;
    }
    results.push(touchOnce(vma, access, slot, asked, checks, path.missing, noted));
  }
  for (const check of checks) {
    const answer = noted.get(check);
    if (answer !== undefined) note(check, answer, { slot, vma });
  }
  return results;
}

/** Asks in order until a check is certain to end the access; a warning ends nothing. */
function touchOnce(
  vma: Vma,
  access: Access,
  slot: Slot,
  asked: Asked,
  checks: readonly FaultCheck[],
  pathMissing: readonly string[],
  noted: Map<FaultCheck, Reject | Unknown>,
): AccessResult {
  let first: AccessResult | undefined;
  for (const check of checks) {
    const answer = onPath(check.test(vma, access, slot, asked), pathMissing);
    if (answer.kind === 'pass') continue;
    noted.set(check, together(noted.get(check), answer));
    if (check.failure === 'silent') continue;
    first ??= { access, check, answer };
    if (answer.kind === 'reject') break;
  }
  return first ?? { access, check: undefined, answer: { kind: 'pass' } };
}

/** What a check says of two kinds of access: a rejection outweighs a doubt, and doubts add up. */
function together(before: Reject | Unknown | undefined, answer: Reject | Unknown): Reject | Unknown {
  if (before === undefined || answer.kind === 'reject') return answer;
  if (before.kind === 'reject') return before;
  return { ...before, missing: [...new Set([...before.missing, ...answer.missing])] };
}

/** An objection on a way that the fault may not take is a doubt. */
function onPath(answer: Answer, missing: readonly string[]): Answer {
  if (answer.kind === 'pass' || missing.length === 0) return answer;
  const untold = answer.kind === 'unknown' ? answer.missing : [];
  return { kind: 'unknown', actual: answer.actual, missing: [...missing, ...untold] };
}

/** Contract 2.2: read and write unless said otherwise, read alone in a `readonly` slot. */
function accessesOf(vma: Vma, slot: Slot): readonly Access[] {
  return vma.access ?? (hasFlag(slot, 'readonly') === true ? ['read'] : ['read', 'write']);
}
