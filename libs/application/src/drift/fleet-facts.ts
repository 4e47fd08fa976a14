import { setImmediate as breathe } from 'node:timers/promises';
import { type Catalogue, type Decision, decide, type Fingerprint, type Manifest } from '@berth/engine';
import { usedCatalogue } from '../catalogue/used-catalogue.js';
import type { Documents } from '../ports/documents.js';
import { questionOf } from '../preflights/question-of.js';
import type { DriftStore, PlacedVm, StandingHost } from './drift-store.js';

/** So often the event loop gets its turn, or the link's heartbeats and the job's lock would run out. */
const DECISIONS_PER_BREATH = 25;
const HOSTS_AT_ONCE = 500;

/** A VM with what it needs, where it runs, and what that host can do. */
export interface KnownVm {
  readonly vm: PlacedVm;
  readonly needs: Manifest;
  readonly source: Fingerprint | undefined;
}

/** A host as a target. */
export interface KnownTarget {
  readonly host: Omit<StandingHost, 'digest'>;
  readonly facts: Fingerprint;
}

/** What one run needs to know of a fleet, read once. */
export class FleetFacts {
  readonly #fleet: string;
  readonly #store: DriftStore;
  readonly #documents: Documents;
  readonly #catalogue: Catalogue | undefined;
  readonly #targets: KnownTarget[] = [];
  #readTo: string | undefined = '';
  #decided = 0;

  private constructor(fleet: string, store: DriftStore, documents: Documents, catalogue: Catalogue | undefined) {
    this.#fleet = fleet;
    this.#store = store;
    this.#documents = documents;
    this.#catalogue = catalogue;
  }

  static async open(
    fleet: string,
    store: DriftStore,
    documents: Documents,
    catalogue: string | undefined,
  ): Promise<FleetFacts> {
    const used = await usedCatalogue(documents, fleet, catalogue);
    return new FleetFacts(fleet, store, documents, used.catalogue);
  }

  /** How many decisions were made with them so far. */
  get decided(): number {
    return this.#decided;
  }

  /** Of the newest revisions; whose documents are not there any more is left out. */
  async known(vms: readonly PlacedVm[]): Promise<readonly KnownVm[]> {
    const sources = await this.#store.hostsNamed(this.#fleet, [...new Set(vms.flatMap((vm) => vm.host ?? []))]);
    const digestOf = new Map(sources.map((host) => [host.name, host.digest]));
    const [manifests, fingerprints] = await Promise.all([
      this.#documents.manifests(this.#fleet, [...new Set(vms.map((vm) => vm.digest))]),
      this.#documents.fingerprints(this.#fleet, [...new Set(digestOf.values())]),
    ]);
    return vms.flatMap((vm) => {
      const needs = manifests.get(vm.digest)?.needs;
      const source = fingerprints.get(digestOf.get(vm.host ?? '') ?? '')?.facts;
      return needs === undefined ? [] : [{ vm, needs, source }];
    });
  }

  async facts(digest: string | undefined): Promise<Fingerprint | undefined> {
    return digest === undefined ? undefined : (await this.#documents.fingerprint(this.#fleet, digest)).facts;
  }

  /** By the default policy, in all phases. */
  async decide({ vm, needs, source }: KnownVm, { host, facts }: KnownTarget): Promise<Decision> {
    this.#decided += 1;
    if (this.#decided % DECISIONS_PER_BREATH === 0) await breathe();
    return decide(
      questionOf({
        needs,
        vmHost: vm.host,
        target: facts,
        source,
        registered: { host: host.name, state: host.state, freshness: host.freshness },
        policy: undefined,
        phases: undefined,
        catalogue: this.#catalogue,
      }),
    );
  }

  /** The names of hosts that it could go to, as many as wanted. */
  async targetsOf(known: KnownVm, most: number): Promise<readonly string[]> {
    const found: string[] = [];
    for (let index = 0; found.length < most; index += 1) {
      const target = await this.#target(index);
      if (target === undefined) break;
      if ((await this.decide(known, target)).outcome === 'compatible') found.push(target.host.name);
    }
    return found;
  }

  async #target(index: number): Promise<KnownTarget | undefined> {
    while (index >= this.#targets.length && this.#readTo !== undefined) await this.#readMore(this.#readTo);
    return this.#targets[index];
  }

  async #readMore(after: string): Promise<void> {
    const rows = await this.#store.hosts(this.#fleet, after, HOSTS_AT_ONCE);
    const documents = await this.#documents.fingerprints(this.#fleet, [...new Set(rows.map((row) => row.digest))]);
    for (const { digest, ...host } of rows) {
      const facts = documents.get(digest)?.facts;
      if (facts !== undefined) this.#targets.push({ host, facts });
    }
    this.#readTo = rows.length < HOSTS_AT_ONCE ? undefined : rows.at(-1)?.name;
  }
}
