import {
  compare,
  type Decision,
  type Difference,
  decide,
  type Phase,
  type Policy,
  type Question,
  type Suppositions,
} from '@berth/engine';
import type { Caller } from '../caller.js';
import type { FingerprintSubmission, ManifestSubmission } from '../submission.js';
import type { StoredVerdict } from './stored-verdict.js';
import { verdictOf } from './verdict-of.js';

export interface EvaluationRequest {
  readonly manifest: ManifestSubmission;
  readonly target: FingerprintSubmission;
  readonly source?: FingerprintSubmission | undefined;
  readonly policy?: Policy | undefined;
  readonly phases?: readonly Phase[] | undefined;
  readonly proposal?: Suppositions | undefined;
}

/** One question under several policies. */
export interface ComparisonRequest extends Omit<EvaluationRequest, 'policy'> {
  readonly policies: readonly Policy[];
}

export interface ComparedVerdicts {
  readonly verdicts: readonly StoredVerdict[];
  readonly differences: readonly Difference[];
}

/** Asks the engine about documents that nobody registered. Nothing is read and nothing is kept. */
export class Evaluations {
  constructor(private readonly now: () => Date = () => new Date()) {}

  async run(_caller: Caller, request: EvaluationRequest): Promise<StoredVerdict> {
    return stamped(decide({ ...questionOf(request), policy: request.policy }), request, this.now());
  }

  async compare(_caller: Caller, request: ComparisonRequest): Promise<ComparedVerdicts> {
    const { decisions, differences } = compare(questionOf(request), request.policies);
    const now = this.now();
    return { verdicts: decisions.map((decision) => stamped(decision, request, now)), differences };
  }
}

type Documents = Omit<EvaluationRequest, 'policy'>;

function questionOf({ manifest, target, source, phases, proposal }: Documents): Question {
  return { manifest: manifest.needs, target: target.facts, source: source?.facts, phases, proposal };
}

function stamped(decision: Decision, { manifest, target }: Documents, now: Date): StoredVerdict {
  const named = { vm: null, vmRevision: null, host: null, hostRevision: null };
  return verdictOf(decision, { ...named, manifest: manifest.digest, fingerprint: target.digest }, now);
}
