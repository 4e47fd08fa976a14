import { decide, type Phase, type Policy, type Question } from '@berth/engine';
import type { Caller } from '../caller.js';
import type { CatalogueReads } from '../catalogue/catalogue-reads.js';
import { usedCatalogue } from '../catalogue/used-catalogue.js';
import { idOfRequest } from '../door/request-id.js';
import { isId, newId } from '../new-id.js';
import type { Documents } from '../ports/documents.js';
import type { PreflightSnapshot, PreflightStore } from '../ports/preflight-store.js';
import type { Witness } from '../shadow/witness.js';
import { questionOf } from './question-of.js';
import { type OverridesRefused, type PreflightReplayed, type Read, type ReplayRequest, replayOf } from './replay.js';
import type { AskedQuestion, Basis, StoredPreflight, StoredVerdict } from './stored-verdict.js';
import { verdictOf } from './verdict-of.js';

export interface PreflightRequest {
  readonly vm: string;
  readonly target: string;
  readonly policy?: Policy | undefined;
  readonly phases?: readonly Phase[] | undefined;
  /** The revisions that the asker has in mind. */
  readonly expect?:
    | { readonly vmRevision?: number | undefined; readonly hostRevision?: number | undefined }
    | undefined;
}

export type PreflightAnswer =
  | { readonly kind: 'answered'; readonly id: string; readonly verdict: StoredVerdict }
  | { readonly kind: 'vm-unknown'; readonly vm: string }
  | { readonly kind: 'target-unknown'; readonly target: string }
  | { readonly kind: 'revision-conflict'; readonly vmRevision: number; readonly hostRevision: number };

/** Another question was answered under the id of this request. */
export interface RequestReused {
  readonly kind: 'request-reused';
}

export interface PreflightFound {
  readonly kind: 'found';
  readonly id: string;
  readonly vm: string;
  readonly target: string;
  readonly verdict: StoredVerdict;
}

export interface PreflightUnknown {
  readonly kind: 'preflight-unknown';
}

/** By which the documents behind an answer are found. */
type Digests = Pick<Basis, 'manifest' | 'fingerprint' | 'catalogue'>;

/** Both names are known, and what was read of them. */
type Complete = PreflightSnapshot & Required<Pick<PreflightSnapshot, 'vm' | 'target'>>;

export class Preflights {
  constructor(
    private readonly store: PreflightStore,
    private readonly documents: Documents,
    private readonly added: CatalogueReads,
    private readonly witness?: Witness,
  ) {}

  async ask(caller: Caller, request: PreflightRequest): Promise<PreflightAnswer> {
    const answer = await this.askAs(newId(), caller, request);
    if (answer === undefined) throw new Error('a new id is in use');
    return answer;
  }

  /** The same request of the same fleet has one answer, however often it is asked and by how many at once. */
  async askOnce(
    caller: Caller,
    requestId: string,
    request: PreflightRequest,
  ): Promise<PreflightAnswer | RequestReused> {
    const id = idOfRequest(caller.fleet, requestId);
    const known = await this.store.find(caller.fleet, id);
    if (known !== undefined) return answeredBefore(known, request);
    const answer = await this.askAs(id, caller, request);
    if (answer !== undefined) return answer;
    const first = await this.store.find(caller.fleet, id);
    if (first === undefined) throw new Error(`preflight \`${id}\` is there and cannot be found`);
    return answeredBefore(first, request);
  }

  /** Undefined when somebody else has answered under this id meanwhile. */
  private async askAs(id: string, caller: Caller, request: PreflightRequest): Promise<PreflightAnswer | undefined> {
    const snapshot = await this.store.snapshot(caller.fleet, request.vm, request.target);
    if (snapshot.vm === undefined) return { kind: 'vm-unknown', vm: request.vm };
    if (snapshot.target === undefined) return { kind: 'target-unknown', target: request.target };
    const complete = { ...snapshot, vm: snapshot.vm, target: snapshot.target };
    if (!asExpected(complete, request)) {
      return { kind: 'revision-conflict', vmRevision: complete.vm.revision, hostRevision: complete.target.revision };
    }
    const { preflight, question } = await this.answer(id, caller.fleet, request, complete);
    const kept = await this.store.insert(caller.fleet, caller.keyId, preflight);
    if (!kept) return undefined;
    const { vm, target, verdict } = preflight;
    const { decision, basis } = verdict;
    this.witness?.({ fleet: caller.fleet, subject: `preflights/${id}`, vm, host: target, question, decision, basis });
    return { kind: 'answered', id, verdict };
  }

  /** What would be answered now. Nothing is stored; undefined when the VM or the target is gone. */
  async foresee(fleet: string, request: PreflightRequest): Promise<StoredVerdict | undefined> {
    const { vm, target, ...rest } = await this.store.snapshot(fleet, request.vm, request.target);
    if (vm === undefined || target === undefined) return undefined;
    return (await this.answer('', fleet, request, { ...rest, vm, target })).preflight.verdict;
  }

  private async answer(
    id: string,
    fleet: string,
    request: PreflightRequest,
    snapshot: Complete,
  ): Promise<{ readonly preflight: StoredPreflight; readonly question: Question }> {
    const { vm, target, source, catalogue, now } = snapshot;
    const asked: AskedQuestion = {
      vmHost: vm.host,
      sourceDigest: source?.digest,
      state: target.state,
      freshness: target.freshness,
      policy: request.policy,
      phases: request.phases,
    };
    const basis = {
      vm: request.vm,
      vmRevision: vm.revision,
      manifest: vm.digest,
      host: request.target,
      hostRevision: target.revision,
      fingerprint: target.digest,
      catalogue,
    };
    const question = await this.question(fleet, request.target, basis, asked);
    const freshUntil = target.freshness === 'fresh' ? target.freshUntil : undefined;
    const verdict = verdictOf(decide(question), basis, now, freshUntil);
    return { preflight: { id, vm: request.vm, target: request.target, asked, verdict }, question };
  }

  private async question(fleet: string, target: string, basis: Digests, asked: AskedQuestion): Promise<Question> {
    const read = await this.read(fleet, basis, asked.sourceDigest);
    return questionOf({
      needs: read.manifest.needs,
      vmHost: asked.vmHost,
      target: read.target.facts,
      source: read.source?.facts,
      registered: { host: target, state: asked.state, freshness: asked.freshness },
      policy: asked.policy,
      phases: asked.phases,
      catalogue: read.used.catalogue,
    });
  }

  private async read(fleet: string, digests: Digests, sourceDigest: string | undefined): Promise<Read> {
    const [manifest, target, source, used] = await Promise.all([
      this.documents.manifest(fleet, digests.manifest),
      this.documents.fingerprint(fleet, digests.fingerprint),
      sourceDigest === undefined ? undefined : this.documents.fingerprint(fleet, sourceDigest),
      usedCatalogue(this.documents, fleet, digests.catalogue),
    ]);
    return { manifest, target, source, used };
  }

  async get(caller: Caller, id: string): Promise<PreflightFound | PreflightUnknown> {
    const found = isId(id) ? await this.store.find(caller.fleet, id) : undefined;
    if (found === undefined) return { kind: 'preflight-unknown' };
    return { kind: 'found', id: found.id, vm: found.vm, target: found.target, verdict: found.verdict };
  }

  /** The same question through today's rulebook and catalogue, where the request says nothing else. Nothing is stored. */
  async replay(
    caller: Caller,
    id: string,
    request: ReplayRequest = {},
  ): Promise<PreflightReplayed | OverridesRefused | PreflightUnknown> {
    const found = isId(id) ? await this.store.find(caller.fleet, id) : undefined;
    if (found === undefined) return { kind: 'preflight-unknown' };
    const { fleet } = caller;
    const { basis } = found.verdict;
    const catalogue = request.catalogue === 'stored' ? basis.catalogue : await this.added.digest(fleet);
    return replayOf(found, await this.read(fleet, { ...basis, catalogue }, found.asked.sourceDigest), request);
  }
}

function answeredBefore(known: StoredPreflight, request: PreflightRequest): PreflightAnswer | RequestReused {
  if (!asksTheSame(known, request)) return { kind: 'request-reused' };
  return { kind: 'answered', id: known.id, verdict: known.verdict };
}

/** The revisions are not kept with a question, but an answer that was given had those that were expected. */
function asksTheSame({ vm, target, asked, verdict }: StoredPreflight, request: PreflightRequest): boolean {
  const { expect, phases = [] } = request;
  const { vmRevision, hostRevision } = verdict.basis;
  const samePhases = JSON.stringify(phases) === JSON.stringify(asked.phases ?? []);
  const sameQuestion = vm === request.vm && target === request.target && samePhases && asked.policy === request.policy;
  return (
    sameQuestion &&
    (expect?.vmRevision ?? vmRevision) === vmRevision &&
    (expect?.hostRevision ?? hostRevision) === hostRevision
  );
}

function asExpected(snapshot: Complete, { expect }: PreflightRequest): boolean {
  const vmAsExpected = expect?.vmRevision === undefined || expect.vmRevision === snapshot.vm.revision;
  return vmAsExpected && (expect?.hostRevision === undefined || expect.hostRevision === snapshot.target.revision);
}
