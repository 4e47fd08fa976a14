import { agree } from './agree.js';
import { BUILT_IN } from './catalogue/catalogue.js';
import type { Asked, Check } from './check.js';
import { derivedIn } from './devices/derived-in.js';
import { devicesOf } from './devices/device.js';
import { factsOf, type HostFacts } from './facts.js';
import { outcomeOf, wouldFailOf } from './fold.js';
import type { Question } from './model/question.js';
import { type Decision, type GenerationId, PHASES, type Policy } from './model/verdict.js';
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
  return decideUnder(question, (policy, patch) => checksUnder(policy, patch, checks));
}

/** The same by other rules than the policy's own: a part of them. */
export function decideUnder(
  question: Question,
  rulesOf: (policy: Policy, patch: Patch | undefined) => readonly Check[],
): Decision {
  const policy = question.policy ?? DEFAULT_POLICY;
  const { patch, assumed } = supposedOf(policy, question.proposal);
  const target = patched(factsOf(question.target), patch);
  const asked = question.phases;
  const phases = asked === undefined ? PHASES : PHASES.filter((phase) => asked.includes(phase));
  const { manifest, catalogue = BUILT_IN } = question;
  const devices = devicesOf(catalogue, manifest, question.target, question.source);
  const slots = sealedSlots(slotsOf(catalogue, manifest, question.target, devices), patch);
  const source = question.source === undefined ? undefined : factsOf(question.source);
  const rules = rulesOf(policy, patch);
  const readings = generationsToAsk(target).map((generation) => {
    const under: Asked = {
      manifest,
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
  const derived = derivedIn(catalogue, slots ?? [], devices ?? []);
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
