import type { Documents } from '../ports/documents.js';
import type { ClassStore, Unclassed } from './class-store.js';
import { classOfHost, classOfVm, type FactClass } from './classes.js';

const AT_ONCE = 500;

/**
 * Gives a class to hosts and VMs that were stored before there were classes, or by a program with other checks. Questions do
 * without: they work a missing class out themselves. Any number of workers may do it, and it may end anywhere.
 */
export class Classing {
  readonly #store: ClassStore;
  readonly #documents: Documents;

  constructor(store: ClassStore, documents: Documents) {
    this.#store = store;
    this.#documents = documents;
  }

  /** Answers how many have a class now that had none. */
  async run(): Promise<number> {
    let noted = 0;
    for (let part = await this.part(); part > 0; part = await this.part()) noted += part;
    return noted;
  }

  /** One part of the work; 0 when there is nothing left that can be done now. */
  async part(): Promise<number> {
    const hosts = await this.#hosts(await this.#store.unclassedHosts(AT_ONCE));
    return hosts + (await this.#vms(await this.#store.unclassedVms(AT_ONCE)));
  }

  async #hosts(rows: readonly Unclassed[]): Promise<number> {
    let noted = 0;
    for (const [fleet, members] of grouped(rows, (row) => row.fleet)) {
      const stored = await this.#documents.fingerprints(fleet, digestsOf(members));
      const classed = alike(members, ({ digest }) => mapped(stored.get(digest)?.facts, classOfHost));
      for (const { facts, rows: hosts } of classed) noted += await this.#store.classHosts(facts, hosts);
    }
    return noted;
  }

  async #vms(rows: readonly Unclassed[]): Promise<number> {
    let noted = 0;
    for (const [fleet, members] of grouped(rows, (row) => row.fleet)) {
      const stored = await this.#documents.manifests(fleet, digestsOf(members));
      const classed = alike(members, ({ digest }) => mapped(stored.get(digest)?.needs, classOfVm));
      for (const { facts, rows: vms } of classed) noted += await this.#store.classVms(facts, vms);
    }
    return noted;
  }
}

const digestsOf = (rows: readonly Unclassed[]): readonly string[] => [...new Set(rows.map(({ digest }) => digest))];

const mapped = <A, B>(value: A | undefined, map: (value: A) => B): B | undefined =>
  value === undefined ? undefined : map(value);

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

interface Alike<T> {
  readonly facts: T;
  readonly rows: readonly Unclassed[];
}

/** Rows of one class together; those whose document has changed meanwhile are left out. */
function alike<T>(
  rows: readonly Unclassed[],
  classOf: (row: Unclassed) => FactClass<T> | undefined,
): readonly Alike<T>[] {
  const found = new Map<string, { facts: T; rows: Unclassed[] }>();
  for (const row of rows) {
    const made = classOf(row);
    if (made === undefined) continue;
    const group = found.get(made.digest) ?? { facts: made.facts, rows: [] };
    group.rows.push(row);
    found.set(made.digest, group);
  }
  return [...found.values()];
}
