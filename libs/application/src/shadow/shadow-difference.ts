import type { Decision, Finding, Outcome, Phase, Policy, WouldFail } from '@berth/engine';
import { type FindingDifference, findingDifferences } from '../preflights/finding-differences.js';
import type { Evaluated } from './witness.js';

interface Both<T> {
  readonly enforced: T;
  readonly shadow: T;
}

/** What other rules would have answered otherwise to one question. */
export interface AnswerDifference {
  readonly vm: string;
  readonly host: string;
  readonly manifest: string;
  readonly fingerprint: string;
  readonly phases: readonly Phase[];
  readonly policy: Both<Policy>;
  readonly outcome: Both<Outcome>;
  readonly wouldFail: Both<WouldFail | null>;
  /** In restore order, and the first of them only. */
  readonly findings: readonly FindingDifference[];
  /** How many more there are. */
  readonly omitted: number;
}

/** The same, as it was noted. */
export interface ShadowDifference extends AnswerDifference {
  readonly id: string;
  /** How often the question was answered so. */
  readonly times: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
  /** For what it was asked the last time, see `Evaluated`. */
  readonly lastSubject: string;
}

/** A VM of 512 slots may differ in each of them. */
const MOST_FINDINGS = 32;

/** Undefined where the two say the same. */
export function differenceOf({ vm, host, decision, basis }: Evaluated, shadow: Decision): AnswerDifference | undefined {
  if (isPlainlySame(decision, shadow)) return undefined;
  const all = findingDifferences(decision, shadow);
  if (all.length === 0 && decision.outcome === shadow.outcome) return undefined;
  const findings = all.slice(0, MOST_FINDINGS);
  return {
    vm,
    host,
    manifest: basis.manifest,
    fingerprint: basis.fingerprint,
    phases: decision.phases,
    policy: { enforced: decision.policy, shadow: shadow.policy },
    outcome: { enforced: decision.outcome, shadow: shadow.outcome },
    wouldFail: { enforced: decision.wouldFail, shadow: shadow.wouldFail },
    findings,
    omitted: all.length - findings.length,
  };
}

/** Made by the same code in the same order, as they mostly are: telling them apart finding by finding costs more than the decision did. */
const isPlainlySame = (one: Decision, other: Decision): boolean =>
  one.outcome === other.outcome &&
  one.findings.length === other.findings.length &&
  one.findings.every((finding, at) => isAlike(finding, other.findings[at]));

const PLAIN = [
  'check',
  'phase',
  'reason',
  'severity',
  'failure',
  'errno',
  'side',
  'slot',
  'mapping',
  'gpa',
  'device',
  'expected',
  'sourceOutcome',
  'message',
  'remedy',
  'cite',
] as const satisfies (keyof Finding)[];

const isAlike = (one: Finding, other: Finding | undefined): boolean =>
  other !== undefined &&
  PLAIN.every((field) => one[field] === other[field]) &&
  JSON.stringify([one.actual, one.missing]) === JSON.stringify([other.actual, other.missing]);
