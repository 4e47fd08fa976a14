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
import type { CatalogueReads } from '../catalogue/catalogue-reads.js';
import { type UsedCatalogue, usedCatalogue } from '../catalogue/used-catalogue.js';
import type { Documents } from '../ports/documents.js';
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
  /** In place of what the fleet has added. */
  readonly catalogue?: UsedCatalogue | undefined;
}

/** One question under several policies. */
export interface ComparisonRequest extends Omit<EvaluationRequest, 'policy'> {
  readonly policies: readonly Policy[];
}

export interface ComparedVerdicts {
  readonly verdicts: readonly StoredVerdict[];
  readonly differences: readonly Difference[];
}

/** Asks the engine about documents that nobody registered, under what the fleet knows of drivers. Nothing is kept. */
export class Evaluations {
  constructor(
    private readonly added: CatalogueReads,
    private readonly documents: Documents,
    private readonly now: () => Date = () => new Date(),
  ) {}

  async run(caller: Caller, request: EvaluationRequest): Promise<StoredVerdict> {
    const used = await this.catalogueFor(caller, request);
    return stamped(decide({ ...questionOf(request, used), policy: request.policy }), request, used, this.now());
  }

  async compare(caller: Caller, request: ComparisonRequest): Promise<ComparedVerdicts> {
    const used = await this.catalogueFor(caller, request);
    const { decisions, differences } = compare(questionOf(request, used), request.policies);
    const now = this.now();
    return { verdicts: decisions.map((decision) => stamped(decision, request, used, now)), differences };
  }

  private async catalogueFor({ fleet }: Caller, { catalogue }: Submitted): Promise<UsedCatalogue> {
    return catalogue ?? usedCatalogue(this.documents, fleet, await this.added.digest(fleet));
  }
}

type Submitted = Omit<EvaluationRequest, 'policy'>;

function questionOf({ manifest, target, source, phases, proposal }: Submitted, { catalogue }: UsedCatalogue): Question {
  return { manifest: manifest.needs, target: target.facts, source: source?.facts, phases, proposal, catalogue };
}

function stamped(decision: Decision, { manifest, target }: Submitted, used: UsedCatalogue, now: Date): StoredVerdict {
  const named = { vm: null, vmRevision: null, host: null, hostRevision: null, catalogue: used.digest };
  return verdictOf(decision, { ...named, manifest: manifest.digest, fingerprint: target.digest }, now);
}
