import type { Check } from '../check.js';
import { CHECKS } from '../checks.js';
import { decideUnder } from '../decide.js';
import { outcomeOf, wouldFailOf } from '../fold.js';
import type { Question } from '../model/question.js';
import type { Decision, Finding } from '../model/verdict.js';
import { checksUnder } from '../policies/checks-under.js';
import { isParticular } from './class-reads.js';

const PLACE = new Map(CHECKS.map((check, index) => [check.id, index]));
const placeOf = (finding: Finding): number => PLACE.get(finding.check) ?? CHECKS.length;

interface Parts {
  readonly ofClass: readonly Check[];
  readonly particular: readonly Check[];
}

const parts = new WeakMap<readonly Check[], Parts>();

function partsOf(rules: readonly Check[]): Parts {
  const found = parts.get(rules);
  if (found !== undefined) return found;
  const cut = { ofClass: rules.filter((check) => !isParticular(check)), particular: rules.filter(isParticular) };
  parts.set(rules, cut);
  return cut;
}

/** What holds for every pair of these two classes. Documents may be given for their classes: the answer is the same. */
export function decideClass(question: Question): Decision {
  return decideUnder(
    { ...question, registered: undefined },
    (policy, patch) => partsOf(checksUnder(policy, patch, undefined)).ofClass,
  );
}

/** What holds for this pair alone. */
export function particularFindings(question: Question): readonly Finding[] {
  const decision = decideUnder(question, (policy, patch) => partsOf(checksUnder(policy, patch, undefined)).particular);
  return decision.findings;
}

/** The decision of a pair, from that of its classes: the same, to the byte, as `decide` gives for the documents. */
export function joined(ofClass: Decision, particular: readonly Finding[]): Decision {
  if (particular.length === 0) return ofClass;
  const policyPhase = ofClass.findings.filter((finding) => finding.phase === 'policy');
  const later = ofClass.findings.filter((finding) => finding.phase !== 'policy');
  const first = [...policyPhase, ...particular].sort((a, b) => placeOf(a) - placeOf(b));
  const findings = [...first, ...later];
  return { ...ofClass, findings, outcome: outcomeOf(findings), wouldFail: wouldFailOf(findings) };
}
