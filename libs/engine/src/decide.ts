import { agree } from './agree.js';
import type { Asked, Check } from './check.js';
import { derivedIn } from './devices/derived-in.js';
import { devicesOf } from './devices/device.js';
import { factsOf, type HostFacts } from './facts.js';
import type { Question } from './model/question.js';
import {
  type Decision,
  type Finding,
  type GenerationId,
  type Outcome,
  PHASES,
  type Policy,
  type WouldFail,
} from './model/verdict.js';
import { checksUnder, isProposal } from './policies/checks-under.js';
import type { Patch } from './policies/patch.js';
import { supposedOf } from './policies/supposed.js';
import { read } from './reading.js';
import { RULEBOOK } from './rulebook.js';
import { type Slot, slotsOf } from './slot.js';

export const DEFAULT_POLICY: Policy = 'strict';

/**
 * Can this VM live-migrate to this host? Replays what the target would do, in restore order, and reports every objection.
 * Pure: the same question gives the same decision. `checks` is given by tests that leave one out.
 */
export function decide(question: Question, checks?: readonly Check[]): Decision {
  const policy = question.policy ?? DEFAULT_POLICY;
  const { patch, assumed } = supposedOf(policy, question.proposal);
  const target = patched(factsOf(question.target), patch);
  const asked = question.phases;
  const phases = asked === undefined ? PHASES : PHASES.filter((phase) => asked.includes(phase));
  const devices = devicesOf(question.manifest, question.target, question.source);
  const slots = sealedSlots(slotsOf(question.manifest, question.target, devices), patch);
  const source = question.source === undefined ? undefined : factsOf(question.source);
  const rules = checksUnder(policy, patch, checks);
  const readings = generationsToAsk(target).map((generation) => {
    const under: Asked = {
      manifest: question.manifest,
      target,
      source,
      registered: question.registered,
      generation,
      complete: phases.length === PHASES.length,
      slots,
      devices,
    };
    return read(under, phases, policy, rules);
  });
  const { findings, rows } = agree(readings, phases);
  const derived = derivedIn(slots ?? []);
  return {
    outcome: outcomeOf(findings),
    wouldFail: wouldFailOf(findings),
    findings,
    memslots: rows,
    generation: target.candidates.length === 1 ? (target.candidates[0] ?? null) : null,
    rulebook: RULEBOOK,
    policy,
    phases,
    hypothetical: isProposal(policy),
    assumed,
    ...(derived.length === 0 ? {} : { derived }),
  };
}

/** The target as it would be with a proposal merged into its kernel. */
function patched(facts: HostFacts, patch: Patch | undefined): HostFacts {
  return patch === undefined ? facts : { ...facts, patch };
}

/** What stands under a sealed slot when the guest runs is what was registered. */
function sealedSlots(slots: readonly Slot[] | undefined, patch: Patch | undefined): readonly Slot[] | undefined {
  return patch?.sealed === true ? slots?.map((slot) => ({ ...slot, vmasAtFault: slot.vmas })) : slots;
}

function generationsToAsk(target: HostFacts): readonly (GenerationId | null)[] {
  return target.candidates.length === 0 ? [null] : target.candidates;
}

function outcomeOf(findings: readonly Finding[]): Outcome {
  if (findings.some((finding) => finding.severity === 'reject')) return 'incompatible';
  return findings.some((finding) => finding.severity === 'unknown') ? 'indeterminate' : 'compatible';
}

/** Findings stand in restore order, so the first rejection is what the target would come to first. */
function wouldFailOf(findings: readonly Finding[]): WouldFail | null {
  const first = findings.find((finding) => finding.severity === 'reject');
  if (first === undefined) return null;
  const { phase, reason, slot, mapping, errno, failure, sourceOutcome } = first;
  return { phase, reason, slot, mapping, errno, failure, sourceOutcome };
}
