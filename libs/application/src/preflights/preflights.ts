import { type Decision, decide, type Phase, type Policy } from '@berth/engine';
import type { Caller } from '../caller.js';
import { isId, newId } from '../new-id.js';
import type { Documents } from '../ports/documents.js';
import type { PreflightSnapshot, PreflightStore } from '../ports/preflight-store.js';
import { questionOf } from './question-of.js';
import { type OverridesRefused, type PreflightReplayed, type Read, type ReplayRequest, replayOf } from './replay.js';
import type { AskedQuestion, StoredPreflight, StoredVerdict } from './stored-verdict.js';
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

/** Both names are known, and what was read of them. */
type Complete = PreflightSnapshot & Required<Pick<PreflightSnapshot, 'vm' | 'target'>>;

export class Preflights {
  constructor(
    private readonly store: PreflightStore,
    private readonly documents: Documents,
  ) {}

  async ask(caller: Caller, request: PreflightRequest): Promise<PreflightAnswer> {
    const snapshot = await this.store.snapshot(caller.fleet, request.vm, request.target);
    if (snapshot.vm === undefined) return { kind: 'vm-unknown', vm: request.vm };
    if (snapshot.target === undefined) return { kind: 'target-unknown', target: request.target };
    const complete = { ...snapshot, vm: snapshot.vm, target: snapshot.target };
    if (!asExpected(complete, request)) {
      return { kind: 'revision-conflict', vmRevision: complete.vm.revision, hostRevision: complete.target.revision };
    }
    const preflight = await this.answer(caller, request, complete);
    await this.store.insert(caller.fleet, caller.keyId, preflight);
    return { kind: 'answered', id: preflight.id, verdict: preflight.verdict };
  }

  private async answer(caller: Caller, request: PreflightRequest, snapshot: Complete): Promise<StoredPreflight> {
    const { vm, target, source, now } = snapshot;
    const asked: AskedQuestion = {
      vmHost: vm.host,
      sourceDigest: source?.digest,
      state: target.state,
      freshness: target.freshness,
      policy: request.policy,
      phases: request.phases,
    };
    const decision = await this.decide(caller.fleet, request.target, vm.digest, target.digest, asked);
    const basis = {
      vm: request.vm,
      vmRevision: vm.revision,
      manifest: vm.digest,
      host: request.target,
      hostRevision: target.revision,
      fingerprint: target.digest,
    };
    const freshUntil = target.freshness === 'fresh' ? target.freshUntil : undefined;
    return {
      id: newId(),
      vm: request.vm,
      target: request.target,
      asked,
      verdict: verdictOf(decision, basis, now, freshUntil),
    };
  }

  private async decide(
    fleet: string,
    target: string,
    manifest: string,
    fingerprint: string,
    asked: AskedQuestion,
  ): Promise<Decision> {
    const read = await this.read(fleet, manifest, fingerprint, asked.sourceDigest);
    const question = questionOf({
      needs: read.manifest.needs,
      vmHost: asked.vmHost,
      target: read.target.facts,
      source: read.source?.facts,
      registered: { host: target, state: asked.state, freshness: asked.freshness },
      policy: asked.policy,
      phases: asked.phases,
    });
    return decide(question);
  }

  private async read(
    fleet: string,
    manifest: string,
    fingerprint: string,
    sourceDigest: string | undefined,
  ): Promise<Read> {
    const [stored, target, source] = await Promise.all([
      this.documents.manifest(fleet, manifest),
      this.documents.fingerprint(fleet, fingerprint),
      sourceDigest === undefined ? undefined : this.documents.fingerprint(fleet, sourceDigest),
    ]);
    return { manifest: stored, target, source };
  }

  async get(caller: Caller, id: string): Promise<PreflightFound | PreflightUnknown> {
    const found = isId(id) ? await this.store.find(caller.fleet, id) : undefined;
    if (found === undefined) return { kind: 'preflight-unknown' };
    return { kind: 'found', id: found.id, vm: found.vm, target: found.target, verdict: found.verdict };
  }

  /** The same question through today's rulebook, where the request says nothing else. Nothing is stored. */
  async replay(
    caller: Caller,
    id: string,
    request: ReplayRequest = {},
  ): Promise<PreflightReplayed | OverridesRefused | PreflightUnknown> {
    const found = isId(id) ? await this.store.find(caller.fleet, id) : undefined;
    if (found === undefined) return { kind: 'preflight-unknown' };
    const { manifest, fingerprint } = found.verdict.basis;
    return replayOf(found, await this.read(caller.fleet, manifest, fingerprint, found.asked.sourceDigest), request);
  }
}

function asExpected(snapshot: Complete, { expect }: PreflightRequest): boolean {
  const vmAsExpected = expect?.vmRevision === undefined || expect.vmRevision === snapshot.vm.revision;
  return vmAsExpected && (expect?.hostRevision === undefined || expect.hostRevision === snapshot.target.revision);
}
