import { setImmediate as breathe } from 'node:timers/promises';
import { type Catalogue, decide, type Fingerprint, type Registered } from '@berth/engine';
import { usedCatalogue } from '../catalogue/used-catalogue.js';
import type { Documents, StoredFingerprint, StoredManifest } from '../ports/documents.js';
import { questionOf } from '../preflights/question-of.js';
import { Unavailable } from '../unavailable.js';
import type { SelectedVm } from './selector.js';
import type { ChunkRef, NewSweepResult, OpenChunk, SweepStore, SweptHost, SweptVm } from './sweep-store.js';

/** After so many exceptions the chunk will not be better the next time. */
const MAX_FAILURES = 5;

/** A worker that is killed costs a start and no failure; a chunk that kills its workers would go on for ever. */
const MAX_STARTS = 50;

/** So often the event loop gets its turn, or the link's heartbeats and the job's lock would run out. */
const PAIRS_PER_BREATH = 25;

/** What became of a chunk: `over` when it was done, or its sweep had ended, before. */
export type ChunkRun =
  | { readonly kind: 'done'; readonly pairs: number }
  | { readonly kind: 'over' }
  | { readonly kind: 'given-up'; readonly why: string };

/** All that is known about the VMs and hosts of one chunk. */
interface Facts {
  readonly vms: ReadonlyMap<string, SweptVm>;
  readonly hosts: ReadonlyMap<string, SweptHost>;
  readonly manifests: ReadonlyMap<string, StoredManifest>;
  readonly fingerprints: ReadonlyMap<string, StoredFingerprint>;
  readonly catalogue: Catalogue | undefined;
}

/**
 * Decides the pairs of one chunk. It may run twice, twice at once, or die anywhere: the results come in one statement with the
 * flip of the chunk from open to done, so they come once.
 */
export class SweepChunks {
  readonly #store: SweepStore;
  readonly #documents: Documents;

  constructor(store: SweepStore, documents: Documents) {
    this.#store = store;
    this.#documents = documents;
  }

  async run(ref: ChunkRef): Promise<ChunkRun> {
    const chunk = await this.#store.begin(ref);
    if (chunk === undefined) return { kind: 'over' };
    if (chunk.started > MAX_STARTS)
      return this.#giveUp(ref, `chunk ${ref.chunk} was begun ${MAX_STARTS} times and never finished`, 0);
    try {
      return await this.#decide(ref, chunk);
    } catch (error) {
      // The store's absence says nothing about the chunk.
      if (error instanceof Unavailable) throw error;
      const why = `chunk ${ref.chunk} failed ${MAX_FAILURES} times: ${error instanceof Error ? error.message : String(error)}`;
      const end = await this.#giveUp(ref, why, MAX_FAILURES);
      if (end.kind === 'over') throw error;
      return end;
    }
  }

  async #decide(ref: ChunkRef, chunk: OpenChunk): Promise<ChunkRun> {
    const facts = await this.#load(ref.fleet, chunk);
    const pairs = pairsOf(chunk);
    const results: NewSweepResult[] = [];
    for (const [index, { vm, target }] of pairs.entries()) {
      if (index % PAIRS_PER_BREATH === 0) await breathe();
      const result = decidePair(chunk, facts, vm, target);
      if (result !== undefined) results.push(result);
    }
    const first = await this.#store.complete(ref, results, pairs.length - results.length);
    return first ? { kind: 'done', pairs: results.length } : { kind: 'over' };
  }

  async #load(fleet: string, chunk: OpenChunk): Promise<Facts> {
    const vms = await this.#store.vms(
      fleet,
      chunk.vms.map((vm) => vm.name),
    );
    const sources = [...vms.values()].flatMap((vm) => vm.host ?? []);
    const hosts = await this.#store.hosts(fleet, [...new Set([...chunk.targets, ...sources])]);
    const [manifests, fingerprints, { catalogue }] = await Promise.all([
      this.#documents.manifests(fleet, digestsOf(vms)),
      this.#documents.fingerprints(fleet, digestsOf(hosts)),
      usedCatalogue(this.#documents, fleet, chunk.catalogue),
    ]);
    return { vms, hosts, manifests, fingerprints, catalogue };
  }

  async #giveUp(ref: ChunkRef, why: string, limit: number): Promise<ChunkRun> {
    return (await this.#store.fail(ref, why, limit)) ? { kind: 'given-up', why } : { kind: 'over' };
  }
}

function digestsOf(rows: ReadonlyMap<string, { readonly digest: string }>): string[] {
  return [...new Set([...rows.values()].map((row) => row.digest))];
}

/** Where the VM ran when the sweep began is what counts: the total was made of that. */
function pairsOf(chunk: OpenChunk): { vm: SelectedVm; target: string }[] {
  return chunk.vms.flatMap((vm) =>
    chunk.targets.filter((target) => target !== vm.host).map((target) => ({ vm, target })),
  );
}

/** Undefined when the VM or the target has been deleted since the sweep began. */
function decidePair(chunk: OpenChunk, facts: Facts, { name }: SelectedVm, target: string): NewSweepResult | undefined {
  const vm = facts.vms.get(name);
  const host = facts.hosts.get(target);
  if (vm === undefined || host === undefined) return undefined;
  const question = questionOf({
    needs: stored(facts.manifests, vm.digest).needs,
    vmHost: vm.host,
    target: stored(facts.fingerprints, host.digest).facts,
    source: sourceOf(facts, vm),
    registered: registeredAs(target, host),
    policy: chunk.policy,
    phases: chunk.phases,
    catalogue: facts.catalogue,
  });
  const { outcome, wouldFail } = decide(question);
  return { vm: name, target, outcome, wouldFail, vmRevision: vm.revision, hostRevision: host.revision };
}

function sourceOf(facts: Facts, vm: SweptVm): Fingerprint | undefined {
  const source = vm.host === undefined ? undefined : facts.hosts.get(vm.host);
  return source === undefined ? undefined : stored(facts.fingerprints, source.digest).facts;
}

function registeredAs(host: string, { state, freshness }: SweptHost): Registered {
  return { host, state, freshness };
}

function stored<T>(documents: ReadonlyMap<string, T>, digest: string): T {
  const document = documents.get(digest);
  if (document === undefined) throw new Error(`document \`${digest}\` is not stored`);
  return document;
}
