import { setImmediate as breathe } from 'node:timers/promises';
import {
  type Decision,
  decideClass,
  type Fingerprint,
  joined,
  type Manifest,
  type Outcome,
  type Policy,
  particularFindings,
  type Reason,
  type WouldFail,
} from '@berth/engine';
import type { UsedCatalogue } from '../catalogue/used-catalogue.js';
import { classOfHost, classOfVm } from '../classes/classes.js';
import { reasonOf } from '../drift/reason-of.js';
import type { Documents } from '../ports/documents.js';
import { WeightedCache } from '../weighted-cache.js';
import type { HostGroup } from './fleet-store.js';

/** What is asked of every host alike. */
export interface Requirement {
  readonly fleet: string;
  readonly needs: Manifest;
  readonly vmHost: string | undefined;
  readonly source: Fingerprint | undefined;
  readonly policy: Policy | undefined;
  readonly used: UsedCatalogue;
}

/** What each host of the group would answer. */
export interface GroupAnswer {
  readonly group: HostGroup;
  readonly outcome: Outcome;
  readonly wouldFail: WouldFail | null;
  /** Why it is no yes. */
  readonly reason: Reason | undefined;
  /** What is not known, where that is what stands in the way. */
  readonly missing: readonly string[];
}

/** How many findings of decided pairs are remembered; a pair without any counts as one. */
const REMEMBERED = 100_000;
/** So often the event loop gets its turn. */
const DECISIONS_PER_BREATH = 25;

/** Verdicts of pairs of classes, each decided once as long as it is remembered. */
export class ClassVerdicts {
  readonly #documents: Documents;
  readonly #known: WeightedCache<Decision>;
  #decided = 0;

  constructor(documents: Documents, remembered = REMEMBERED) {
    this.#documents = documents;
    this.#known = new WeightedCache(remembered);
  }

  async answers(requirement: Requirement, groups: readonly HostGroup[]): Promise<readonly GroupAnswer[]> {
    const of = verdictsOf(requirement);
    const standing = new Map<string, Decision['findings']>();
    const stored = await this.#read(requirement.fleet, groups, of);
    const answers: GroupAnswer[] = [];
    for (const group of groups) {
      const facts = stored.get(group.fingerprint) ?? (() => this.#facts(requirement.fleet, group.fingerprint));
      const ofClass = await this.#ofClass(requirement, of, group, facts);
      const particular = group.sole
        ? particularOf(requirement, group, (await resolved(facts)).machineId)
        : kept(standing, `${group.state} ${group.freshness}`, () => particularOf(requirement, group, undefined));
      answers.push(answerOf(group, joined(ofClass, particular)));
    }
    return answers;
  }

  async #facts(fleet: string, digest: string): Promise<Fingerprint> {
    return (await this.#documents.fingerprint(fleet, digest)).facts;
  }

  /** The documents that will be looked at, in one go. */
  async #read(
    fleet: string,
    groups: readonly HostGroup[],
    of: (hostClass: string) => string,
  ): Promise<ReadonlyMap<string, Fingerprint>> {
    const wanted = groups.filter(
      ({ sole, classDigest }) => sole || classDigest === undefined || this.#known.get(of(classDigest)) === undefined,
    );
    const digests = [...new Set(wanted.map(({ fingerprint }) => fingerprint))];
    const stored = await this.#documents.fingerprints(fleet, digests);
    return new Map([...stored].map(([digest, { facts }]) => [digest, facts]));
  }

  async #ofClass(
    requirement: Requirement,
    of: (hostClass: string) => string,
    group: HostGroup,
    facts: Facts,
  ): Promise<Decision> {
    const key = of(group.classDigest ?? classOfHost(await resolved(facts)).digest);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#decided += 1;
    if (this.#decided % DECISIONS_PER_BREATH === 0) await breathe();
    const { needs: manifest, source, policy, used } = requirement;
    const target = await resolved(facts);
    const decision = decideClass({ manifest, target, source, policy, catalogue: used.catalogue });
    const made = { ...decision, memslots: [] };
    this.#known.set(key, made, 1 + made.findings.length);
    return made;
  }
}

type Facts = Fingerprint | (() => Promise<Fingerprint>);

const resolved = async (facts: Facts): Promise<Fingerprint> => (typeof facts === 'function' ? facts() : facts);

/** Under which key the verdict of a host class is remembered: everything that it depends on. */
function verdictsOf({ needs, source, policy, used }: Requirement): (hostClass: string) => string {
  const sourceClass = source === undefined ? '-' : classOfHost(source).digest;
  const asked = [classOfVm(needs).digest, sourceClass, policy ?? '-', used.digest ?? '-'].join(' ');
  return (hostClass) => `${asked} ${hostClass}`;
}

/** What the classes leave open reads who and where the two are, and how the target stands. `machineId`: of the target. */
function particularOf(
  { vmHost, source, policy }: Requirement,
  { state, freshness, names: [host = ''] }: HostGroup,
  machineId: string | undefined,
): Decision['findings'] {
  return particularFindings({
    manifest: { host: vmHost },
    target: { machineId },
    source: source === undefined ? undefined : { machineId: source.machineId },
    registered: { host, state, freshness },
    policy,
  });
}

function kept<T>(known: Map<string, T>, key: string, make: () => T): T {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}

function answerOf(group: HostGroup, decision: Decision): GroupAnswer {
  const { outcome, wouldFail, findings } = decision;
  const unknown = findings.filter(({ severity }) => severity === 'unknown');
  const missing = outcome === 'indeterminate' ? [...new Set(unknown.flatMap((finding) => finding.missing))] : [];
  return { group, outcome, wouldFail, reason: outcome === 'compatible' ? undefined : reasonOf(decision), missing };
}
