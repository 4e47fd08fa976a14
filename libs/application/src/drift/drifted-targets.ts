import type { CatalogueReads } from '../catalogue/catalogue-reads.js';
import type { Documents } from '../ports/documents.js';
import type { DriftRef } from './drift-job.js';
import type { DriftStore, OpenDrift, PlacedVm } from './drift-store.js';
import { type FewTargets, fewAfterHost, fewerThan, type HostTurn } from './few-targets.js';
import { FleetFacts, type KnownTarget } from './fleet-facts.js';

const VMS_AT_ONCE = 100;
/** A part ends after so many decisions: what waits behind it waits for half a second or so. */
const DECISIONS_AT_ONCE = 10_000;

export interface TargetsPart {
  readonly few: readonly FewTargets[];
  /** The VM that was looked at last; undefined when that was the last one. */
  readonly after: string | undefined;
}

/**
 * Which VMs a change left with few targets. A host that changed is asked about by every VM of the fleet, part after part: that
 * grows with the fleet, and an index of the classes of VMs and hosts that no check can tell apart will take its place.
 */
export class DriftedTargets {
  readonly #store: DriftStore;
  readonly #documents: Documents;
  readonly #added: CatalogueReads;

  constructor(store: DriftStore, documents: Documents, added: CatalogueReads) {
    this.#store = store;
    this.#documents = documents;
    this.#added = added;
  }

  async part(ref: DriftRef, drift: OpenDrift): Promise<TargetsPart> {
    const catalogue = await this.#added.digest(ref.fleet);
    const facts = await FleetFacts.open(ref.fleet, this.#store, this.#documents, catalogue);
    return ref.kind === 'vm' ? this.#ofVm(ref, drift, facts) : this.#ofHost(ref, drift, facts);
  }

  async #ofVm({ fleet, name }: DriftRef, { before }: OpenDrift, facts: FleetFacts): Promise<TargetsPart> {
    const vm = await this.#store.vm(fleet, name);
    const over = { few: [], after: undefined };
    if (vm === undefined || before.digest === undefined) return over;
    const [now] = await facts.known([vm]);
    const [then] = await facts.known([{ name, digest: before.digest, host: before.host }]);
    if (now === undefined || then === undefined) return over;
    const few = await fewerThan(facts, now, then);
    return few === undefined ? over : { few: [few], after: undefined };
  }

  async #ofHost(ref: DriftRef, drift: OpenDrift, facts: FleetFacts): Promise<TargetsPart> {
    const turn = await this.#turnOf(ref, drift, facts);
    const on = turn.before === undefined ? ref.name : undefined;
    const vms = await this.#store.vms(ref.fleet, on, drift.after, VMS_AT_ONCE);
    const few: FewTargets[] = [];
    for (const known of await facts.known(vms)) {
      const found = await fewAfterHost(facts, known, turn);
      if (found !== undefined) few.push(found);
      if (facts.decided >= DECISIONS_AT_ONCE) return { few, after: known.vm.name };
    }
    return { few, after: lastOf(vms) };
  }

  async #turnOf({ fleet, name }: DriftRef, { before }: OpenDrift, facts: FleetFacts): Promise<HostTurn> {
    const [host] = await this.#store.hostsNamed(fleet, [name]);
    const factsNow = await facts.facts(host?.digest);
    const factsBefore = await facts.facts(before.digest);
    const wasTarget = before.state === 'active' && before.fresh === true;
    const stood: KnownTarget['host'] = { name, state: 'active', freshness: 'fresh' };
    return {
      name,
      before: wasTarget && factsBefore !== undefined ? { host: stood, facts: factsBefore } : undefined,
      now: host === undefined || factsNow === undefined ? undefined : { host, facts: factsNow },
      sourceBefore: before.digest === host?.digest ? undefined : { facts: factsBefore },
    };
  }
}

const lastOf = (vms: readonly PlacedVm[]): string | undefined =>
  vms.length < VMS_AT_ONCE ? undefined : vms.at(-1)?.name;
