import { decide, type Phase, type Policy } from '@berth/engine';
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
}

/** Asks the engine about documents that nobody registered. Nothing is read and nothing is kept. */
export class Evaluations {
  constructor(private readonly now: () => Date = () => new Date()) {}

  async run(_caller: Caller, request: EvaluationRequest): Promise<StoredVerdict> {
    const decision = decide({
      manifest: request.manifest.needs,
      target: request.target.facts,
      source: request.source?.facts,
      policy: request.policy,
      phases: request.phases,
    });
    const { digest: manifest } = request.manifest;
    const { digest: fingerprint } = request.target;
    const named = { vm: null, vmRevision: null, manifest, host: null, hostRevision: null, fingerprint };
    return verdictOf(decision, named, this.now());
  }
}
