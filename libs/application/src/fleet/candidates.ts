import type { Outcome, Policy, WouldFail } from '@berth/engine';
import type { Caller } from '../caller.js';
import { usedCatalogue } from '../catalogue/used-catalogue.js';
import type { Documents } from '../ports/documents.js';
import type { ClassVerdicts, GroupAnswer, Requirement } from './class-verdicts.js';
import type { Asker, FleetStore, HostGroup } from './fleet-store.js';
import { type Counts, countsOf } from './tally.js';

export interface CandidateQuery {
  readonly limit: number;
  readonly labels?: ReadonlyMap<string, string> | undefined;
  /** Hosts that are out of the question. */
  readonly exclude?: readonly string[] | undefined;
  readonly policy?: Policy | undefined;
  /** Are the hosts listed as well that do not say yes? */
  readonly refused?: boolean | undefined;
}

export interface Candidate {
  readonly host: string;
  readonly outcome: Outcome;
  readonly wouldFail: WouldFail | null;
  readonly missing: readonly string[];
}

export type CandidatesAnswer =
  | { readonly kind: 'found'; readonly counts: Counts; readonly hosts: readonly Candidate[] }
  | { readonly kind: 'vm-unknown'; readonly vm: string };

const BEST_FIRST: readonly Outcome[] = ['compatible', 'indeterminate', 'incompatible'];
const TRIES = 3;

/** Where could a VM go? Every host of the fleet is counted, and each class of hosts is asked once. */
export class Candidates {
  readonly #store: FleetStore;
  readonly #documents: Documents;
  readonly #verdicts: ClassVerdicts;

  constructor(store: FleetStore, documents: Documents, verdicts: ClassVerdicts) {
    this.#store = store;
    this.#documents = documents;
    this.#verdicts = verdicts;
  }

  async of({ fleet }: Caller, vm: string, query: CandidateQuery): Promise<CandidatesAnswer> {
    const asker = await this.#store.asker(fleet, vm);
    const found = asker === undefined ? undefined : await this.#groups(fleet, vm, asker, query);
    if (found === undefined) return { kind: 'vm-unknown', vm };
    const answers = await this.#verdicts.answers(found.requirement, found.groups);
    const listed = query.refused === true ? BEST_FIRST : BEST_FIRST.slice(0, 1);
    const hosts = listed.flatMap((outcome) => firstByName(answers, outcome, query.limit)).slice(0, query.limit);
    return { kind: 'found', counts: countsOf(answers), hosts };
  }

  /** The fleet as it stood while the VM stood so: the VM is looked at again, since it may land on a host meanwhile. */
  async #groups(
    fleet: string,
    vm: string,
    first: Asker,
    query: CandidateQuery,
  ): Promise<{ readonly requirement: Requirement; readonly groups: readonly HostGroup[] } | undefined> {
    let asker: Asker | undefined = first;
    for (let left = TRIES; asker !== undefined; left -= 1) {
      const requirement = await this.#requirement(fleet, asker, query.policy);
      const groups = await this.#store.hostGroups(fleet, {
        names: query.limit,
        exclude: [...(query.exclude ?? []), ...(asker.host === undefined ? [] : [asker.host])],
        labels: query.labels,
        machineId: requirement.source?.machineId,
      });
      const now: Asker | undefined = await this.#store.asker(fleet, vm);
      if (left <= 1 || (now !== undefined && isSame(now, asker))) return { requirement, groups };
      asker = now;
    }
    return undefined;
  }

  async #requirement(fleet: string, asker: Asker, policy: Policy | undefined): Promise<Requirement> {
    const [manifest, source, used] = await Promise.all([
      this.#documents.manifest(fleet, asker.digest),
      asker.source === undefined ? undefined : this.#documents.fingerprint(fleet, asker.source),
      usedCatalogue(this.#documents, fleet, asker.catalogue),
    ]);
    return { fleet, needs: manifest.needs, vmHost: asker.host, source: source?.facts, policy, used };
  }
}

const isSame = (a: Asker, b: Asker): boolean =>
  a.revision === b.revision && a.host === b.host && a.source === b.source && a.catalogue === b.catalogue;

function firstByName(answers: readonly GroupAnswer[], outcome: Outcome, limit: number): readonly Candidate[] {
  const hosts = answers
    .filter((answer) => answer.outcome === outcome)
    .flatMap(({ group, wouldFail, missing }) => group.names.map((host) => ({ host, outcome, wouldFail, missing })));
  return hosts.sort((a, b) => (a.host < b.host ? -1 : 1)).slice(0, limit);
}
