import type { RowRead, VerdictRead, WouldFailRead } from './verdict-read.js';

const CALL_AT: Readonly<Record<string, string>> = {
  vm: 'KVM_CREATE_VM',
  vcpu: 'setting up the vCPUs',
  memslot: 'KVM_SET_USER_MEMORY_REGION',
  device: 'realizing the device',
  'state-load': 'loading the state',
  fault: 'KVM_RUN',
};

const SOURCE_WORDS: Readonly<Record<string, string>> = {
  unaffected: 'The VM stays on the source, unaffected.',
  resumed: 'The source has stopped the VM by then and resumes it.',
  paused: 'The VM is left paused on the source, and somebody must resume it.',
  lost: 'The source has let go of the VM by then: there is no way back.',
};

export const sourceWords = (outcome: string): string => SOURCE_WORDS[outcome] ?? `On the source: ${outcome}.`;

function place(fail: WouldFailRead): string {
  return fail.slot === null ? `at ${fail.phase}` : `at ${fail.phase}, slot ${fail.slot}`;
}

function call(fail: WouldFailRead): string {
  return CALL_AT[fail.phase] ?? 'the target';
}

function refused(fail: WouldFailRead): string {
  if (fail.phase === 'source') return `Refused ${place(fail)}: the source's VMM does not begin${errnoWords(fail)}.`;
  if (fail.errno === null) return `Refused ${place(fail)}, before anything is sent.`;
  return `Refused ${place(fail)}: ${call(fail)} fails with ${fail.errno} on the target, before the guest runs.`;
}

const errnoWords = (fail: WouldFailRead): string => (fail.errno === null ? '' : ` (${fail.errno})`);

function late(fail: WouldFailRead): string {
  const what =
    fail.errno === null
      ? 'the guest takes an abort'
      : `${call(fail)} fails with ${fail.errno} when the guest gets there`;
  return `Fails late, ${place(fail)}: ${what}, already on the target.`;
}

function silent(fail: WouldFailRead, rows: readonly RowRead[]): string {
  const row = rows.find((each) => each.slot === fail.slot && each.mapping === fail.mapping);
  const becomes =
    row?.stage2 == null
      ? ''
      : ` KVM accepts the slot and maps it ${row.stage2} at stage 2; the VMM's mapping asks for more.`;
  return `Goes wrong in silence ${place(fail)}: no call fails (errno none).${becomes}`;
}

function byFailure(fail: WouldFailRead, rows: readonly RowRead[]): string {
  if (fail.failure === 'silent') return silent(fail, rows);
  return fail.failure === 'late' ? late(fail) : refused(fail);
}

function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words[words.length - 1] ?? ''}`;
}

/** What the rulebook does not describe is no fact that anybody could collect. */
export const isOfRulebook = (path: string): boolean => path.startsWith('/rulebook/');

function yes(verdict: VerdictRead): string {
  const where = verdict.phases === undefined ? '' : ` in ${listed(verdict.phases)}`;
  const warnings = verdict.findings.filter((finding) => finding.severity === 'warn').length;
  return `Nothing objects${where}${warnings === 0 ? '' : `, but see the warning${warnings === 1 ? '' : 's'}`}.`;
}

function doubt(verdict: VerdictRead): string {
  const missing = [...new Set(verdict.findings.flatMap((finding) => finding.missing))];
  const facts = missing.filter((path) => !isOfRulebook(path)).length;
  const undescribed = missing.filter(isOfRulebook).map((path) => path.slice('/rulebook/'.length));
  const why = [
    ...(facts === 0 ? [] : [facts === 1 ? 'a fact is missing' : `${facts} facts are missing`]),
    ...(undescribed.length === 0 ? [] : [`this rulebook does not describe ${listed(undescribed)}`]),
  ];
  return `Cannot be told${why.length === 0 ? '' : `: ${listed(why)}`}. Unknown is neither a no nor a yes.`;
}

/** The answer in a sentence or two: what happens, where, with which errno, and what becomes of the VM. */
export function answerWords(verdict: VerdictRead): string {
  if (verdict.wouldFail !== null) {
    return `${byFailure(verdict.wouldFail, verdict.memslots)} ${sourceWords(verdict.wouldFail.sourceOutcome)}`;
  }
  return verdict.outcome === 'compatible' ? yes(verdict) : doubt(verdict);
}
