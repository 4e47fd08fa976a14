import type { Caller } from '../caller.js';
import { usedCatalogue } from '../catalogue/used-catalogue.js';
import { classOfVm } from '../classes/classes.js';
import type { Documents } from '../ports/documents.js';
import type { ClassVerdicts } from './class-verdicts.js';
import type { FleetStore, Guests, HostGroup } from './fleet-store.js';
import { type Counts, countsOf } from './tally.js';

/** Where the VM could go: the first of its targets by name, and how many hosts answer how. */
export interface Evacuee {
  readonly vm: string;
  readonly targets: readonly string[];
  readonly counts: Counts;
}

export type EvacuationAnswer =
  | { readonly kind: 'found'; readonly vms: readonly Evacuee[] }
  | { readonly kind: 'host-unknown'; readonly host: string };

const TARGETS = 10;

/** Could a host be emptied? VMs that no check can tell apart are asked about once. */
export class Evacuation {
  readonly #store: FleetStore;
  readonly #documents: Documents;
  readonly #verdicts: ClassVerdicts;

  constructor(store: FleetStore, documents: Documents, verdicts: ClassVerdicts) {
    this.#store = store;
    this.#documents = documents;
    this.#verdicts = verdicts;
  }

  /** Every VM on the host, those with the fewest targets first. */
  async of({ fleet }: Caller, host: string): Promise<EvacuationAnswer> {
    const guests = await this.#store.guests(fleet, host);
    if (guests === undefined) return { kind: 'host-unknown', host };
    const { facts: source } = await this.#documents.fingerprint(fleet, guests.fingerprint);
    const query = { names: TARGETS, exclude: [host], machineId: source.machineId };
    const groups = guests.vms.length === 0 ? [] : await this.#store.hostGroups(fleet, query);
    const vms = await this.#evacuees(fleet, host, guests, groups);
    const fewestFirst = (a: Evacuee, b: Evacuee): number =>
      a.counts.compatible - b.counts.compatible || (a.vm < b.vm ? -1 : 1);
    return { kind: 'found', vms: [...vms].sort(fewestFirst) };
  }

  async #evacuees(
    fleet: string,
    vmHost: string,
    { fingerprint, catalogue, vms }: Guests,
    groups: readonly HostGroup[],
  ): Promise<readonly Evacuee[]> {
    const { facts: source } = await this.#documents.fingerprint(fleet, fingerprint);
    const used = await usedCatalogue(this.#documents, fleet, catalogue);
    const manifests = await this.#documents.manifests(fleet, [...new Set(vms.map(({ digest }) => digest))]);
    const known = new Map<string, Omit<Evacuee, 'vm'>>();
    const evacuees: Evacuee[] = [];
    for (const { name, digest } of vms) {
      const needs = manifests.get(digest)?.needs;
      if (needs === undefined) throw new Error(`manifest \`${digest}\` is not stored`);
      const ofClass = classOfVm(needs).digest;
      const answer =
        known.get(ofClass) ?? (await this.#answer({ fleet, needs, vmHost, source, policy: undefined, used }, groups));
      known.set(ofClass, answer);
      evacuees.push({ vm: name, ...answer });
    }
    return evacuees;
  }

  async #answer(
    requirement: Parameters<ClassVerdicts['answers']>[0],
    groups: readonly HostGroup[],
  ): Promise<Omit<Evacuee, 'vm'>> {
    const answers = await this.#verdicts.answers(requirement, groups);
    const targets = answers.filter(({ outcome }) => outcome === 'compatible').flatMap(({ group }) => group.names);
    return { targets: targets.sort().slice(0, TARGETS), counts: countsOf(answers) };
  }
}
