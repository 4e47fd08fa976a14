import type { Decision, Outcome, Reason } from '@berth/engine';
import type { Caller } from '../caller.js';
import type { CatalogueReads } from '../catalogue/catalogue-reads.js';
import { cursorOf, placeOf } from '../cursor.js';
import type { CursorInvalid, Page } from '../page.js';
import type { Documents } from '../ports/documents.js';
import type { DriftStore } from './drift-store.js';
import { FleetFacts, type KnownTarget, type KnownVm } from './fleet-facts.js';
import { reasonOf } from './reason-of.js';

/** Two states of one host, by the digests of its facts. */
export interface TwoStates {
  readonly host: string;
  readonly a: string;
  readonly b: string;
}

/** A VM for which the host is a target in one of the two states alone, and what the other one answers. */
export interface TargetTurn {
  readonly vm: string;
  readonly outcome: Outcome;
  readonly reason: Reason | undefined;
}

export interface TargetsCompared {
  readonly kind: 'compared';
  /** A target with the facts of a, not with those of b. */
  readonly lost: readonly TargetTurn[];
  readonly won: readonly TargetTurn[];
  /** How many VMs were asked. */
  readonly asked: number;
  /** There when VMs are left that were not asked. */
  readonly nextCursor?: string;
}

/** Which VMs a host would be lost to, or won by, with other facts. As of the facts alone: the host is taken for active and fresh. */
export class TargetsBetween {
  readonly #store: DriftStore;
  readonly #documents: Documents;
  readonly #added: CatalogueReads;

  constructor(store: DriftStore, documents: Documents, added: CatalogueReads) {
    this.#store = store;
    this.#documents = documents;
    this.#added = added;
  }

  /** Of so many VMs at a time, in order of their names. */
  async compare({ fleet }: Caller, states: TwoStates, page: Page): Promise<TargetsCompared | CursorInvalid> {
    const list = `targets:${states.host}`;
    const place = placeOf(list, page.cursor);
    if (place.kind === 'cursor-invalid') return place;
    if (states.a === states.b) return { kind: 'compared', lost: [], won: [], asked: 0 };
    const catalogue = await this.#added.digest(fleet);
    const facts = await FleetFacts.open(fleet, this.#store, this.#documents, catalogue);
    const vms = await this.#store.vms(fleet, undefined, place.after, page.limit);
    const turns = await this.#turns(facts, await facts.known(vms), states);
    const last = vms.length < page.limit ? undefined : vms.at(-1);
    const more = last === undefined ? {} : { nextCursor: cursorOf(list, last.name) };
    return { kind: 'compared', ...turns, asked: vms.length, ...more };
  }

  async #turns(
    facts: FleetFacts,
    vms: readonly KnownVm[],
    { host, a, b }: TwoStates,
  ): Promise<Pick<TargetsCompared, 'lost' | 'won'>> {
    const [before, after] = await Promise.all([targetWith(facts, host, a), targetWith(facts, host, b)]);
    const lost: TargetTurn[] = [];
    const won: TargetTurn[] = [];
    for (const known of vms) {
      const was = await facts.decide(known, before);
      const is = await facts.decide(known, after);
      if (isYes(was) && !isYes(is)) lost.push(turnOf(known, is));
      if (!isYes(was) && isYes(is)) won.push(turnOf(known, was));
    }
    return { lost, won };
  }
}

const turnOf = ({ vm }: KnownVm, no: Decision): TargetTurn => ({
  vm: vm.name,
  outcome: no.outcome,
  reason: reasonOf(no),
});

const isYes = ({ outcome }: Decision): boolean => outcome === 'compatible';

async function targetWith(facts: FleetFacts, name: string, digest: string): Promise<KnownTarget> {
  const known = await facts.facts(digest);
  if (known === undefined) throw new Error(`fingerprint \`${digest}\` is not stored`);
  return { host: { name, state: 'active', freshness: 'fresh' }, facts: known };
}
