import type { Fingerprint, Manifest } from '@berth/engine';
import type { Caller } from '../caller.js';
import { classOfHost, classOfVm, type FactClass } from '../classes/classes.js';
import type { Documents } from '../ports/documents.js';
import type { FleetStore, StoredClass } from './fleet-store.js';

/** Hosts, or VMs, that no check can tell apart. */
export interface ClassView<T> {
  readonly id: string;
  /** What the checks read, and nothing else. */
  readonly facts: T;
  readonly members: number;
  /** The first of them by name. */
  readonly sample: readonly string[];
}

const SAMPLE = 10;

/** How many kinds of hosts and of VMs there are. */
export class ClassLists {
  readonly #store: FleetStore;
  readonly #documents: Documents;

  constructor(store: FleetStore, documents: Documents) {
    this.#store = store;
    this.#documents = documents;
  }

  /** Largest first. */
  async hosts({ fleet }: Caller): Promise<readonly ClassView<Fingerprint>[]> {
    const rows = await this.#store.hostClasses(fleet, SAMPLE);
    const stored = await this.#documents.fingerprints(fleet, documentsOf(rows));
    return merged(rows, (digest) => {
      const facts = stored.get(digest)?.facts;
      return facts === undefined ? undefined : classOfHost(facts);
    });
  }

  /** Largest first. */
  async vms({ fleet }: Caller): Promise<readonly ClassView<Manifest>[]> {
    const rows = await this.#store.vmClasses(fleet, SAMPLE);
    const stored = await this.#documents.manifests(fleet, documentsOf(rows));
    return merged(rows, (digest) => {
      const needs = stored.get(digest)?.needs;
      return needs === undefined ? undefined : classOfVm(needs);
    });
  }
}

const documentsOf = (rows: readonly StoredClass[]): readonly string[] => [
  ...new Set(rows.map(({ document }) => document)),
];

/** Members whose class is not stored yet come by documents, and belong to the class of their document. */
function merged<T>(
  rows: readonly StoredClass[],
  classOf: (document: string) => FactClass<T> | undefined,
): readonly ClassView<T>[] {
  const classes = new Map<string, ClassView<T>>();
  for (const { document, members, sample } of rows) {
    const made = classOf(document);
    if (made === undefined) throw new Error(`document \`${document}\` is not stored`);
    const known = classes.get(made.digest);
    const names = [...(known?.sample ?? []), ...sample].sort().slice(0, SAMPLE);
    const all = members + (known?.members ?? 0);
    classes.set(made.digest, { id: made.digest, facts: made.facts, members: all, sample: names });
  }
  return [...classes.values()].sort((a, b) => b.members - a.members || (a.id < b.id ? -1 : 1));
}
