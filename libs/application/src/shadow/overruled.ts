import {
  type Check,
  checksUnder,
  type Decision,
  decideUnder,
  type Finding,
  outcomeOf,
  type Policy,
  type Question,
  type Severity,
  wouldFailOf,
} from '@berth/engine';
import type { Overrule, ShadowRules } from './shadow-rules.js';

type Rules = (...[policy, patch]: Parameters<Parameters<typeof decideUnder>[1]>) => readonly Check[];

/** Decides by other rules. One for each set of rules: the engine plans what it asks by the list of checks it is given. */
export class Overruled {
  readonly #rules: ShadowRules;
  readonly #asked = new Map<Policy, readonly Check[]>();

  constructor(rules: ShadowRules) {
    this.#rules = rules;
  }

  decide(question: Question): Decision {
    const { policy = question.policy, catalogue = question.catalogue } = this.#rules;
    const decision = decideUnder({ ...question, policy, catalogue }, this.#asks);
    const findings = decision.findings.map((finding) => this.#counted(finding));
    return { ...decision, findings, outcome: outcomeOf(findings), wouldFail: wouldFailOf(findings) };
  }

  /** Overruled before they are asked, and not in what they said: what refuses a slot keeps those after it from being asked. */
  readonly #asks: Rules = (policy, patch) => {
    const known = this.#asked.get(policy);
    if (known !== undefined) return known;
    const asked = checksUnder(policy, patch, undefined).flatMap((check) =>
      overruledBy(this.#rules.checks.get(check.id), check),
    );
    this.#asked.set(policy, asked);
    return asked;
  };

  /** `kernel` makes a warning of what happens in silence, whatever the check itself would have. */
  #counted(finding: Finding): Finding {
    return this.#rules.checks.get(finding.check) === 'reject' ? { ...finding, severity: severityOf(finding) } : finding;
  }
}

function overruledBy(overrule: Overrule | undefined, check: Check): readonly Check[] {
  if (overrule === undefined) return [check];
  return overrule === 'off' ? [] : [{ ...check, severity: overrule }];
}

/** What a finding says where it counts: nothing but a missing fact keeps it from being a refusal. */
const severityOf = ({ missing }: Finding): Severity => (missing.length === 0 ? 'reject' : 'unknown');
