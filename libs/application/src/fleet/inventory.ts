import { type Fingerprint, generationsOf } from '@berth/engine';
import type { Caller } from '../caller.js';
import { FACTS_BESIDE_CLASSES, TRAITS, traitOf } from '../hosts/traits.js';
import type { Documents } from '../ports/documents.js';
import type { CountedGroup, FleetStore } from './fleet-store.js';

/** What hosts can be grouped by besides `label:` and a label. */
export const GROUPINGS: readonly string[] = ['generation', ...TRAITS, 'state', 'freshness'];

export const LABEL_GROUPING = 'label:';

/** Null is unknown, or a label that is not set. */
export type GroupValue = string | boolean | null;

export interface InventoryGroup {
  /** By what was asked for, in that order. */
  readonly values: ReadonlyMap<string, GroupValue>;
  readonly hosts: number;
}

export interface InventoryAnswer {
  /** Largest first. */
  readonly groups: readonly InventoryGroup[];
  readonly total: number;
}

/** How many hosts can do what. */
export class Inventory {
  readonly #store: FleetStore;
  readonly #documents: Documents;

  constructor(store: FleetStore, documents: Documents) {
    this.#store = store;
    this.#documents = documents;
  }

  /** `groupBy`: of GROUPINGS, or `label:` and a label. */
  async of({ fleet }: Caller, groupBy: readonly string[]): Promise<InventoryAnswer> {
    const labels = groupBy.flatMap((name) => labelOf(name) ?? []);
    const rows = await this.#store.counted(fleet, {
      labels,
      state: groupBy.includes('state'),
      freshness: groupBy.includes('freshness'),
      facts: groupBy.flatMap((name) => FACTS_BESIDE_CLASSES.get(name) ?? []),
    });
    const stored = await this.#documents.fingerprints(fleet, [...new Set(rows.map(({ fingerprint }) => fingerprint))]);
    const groups = new Map<string, InventoryGroup>();
    for (const row of rows) {
      const facts = stored.get(row.fingerprint)?.facts;
      if (facts === undefined) throw new Error(`fingerprint \`${row.fingerprint}\` is not stored`);
      const values = groupBy.map((name) => [name, valueIn(name, facts, row, labels)] as const);
      const key = JSON.stringify(values);
      groups.set(key, { values: new Map(values), hosts: row.hosts + (groups.get(key)?.hosts ?? 0) });
    }
    const largestFirst = [...groups].sort(([a, one], [b, other]) => other.hosts - one.hosts || (a < b ? -1 : 1));
    return {
      groups: largestFirst.map(([, group]) => group),
      total: rows.reduce((sum, { hosts }) => sum + hosts, 0),
    };
  }
}

const labelOf = (name: string): string | undefined =>
  name.startsWith(LABEL_GROUPING) ? name.slice(LABEL_GROUPING.length) : undefined;

function valueIn(name: string, facts: Fingerprint, row: CountedGroup, labels: readonly string[]): GroupValue {
  const label = labelOf(name);
  if (label !== undefined) return row.labels[labels.indexOf(label)] ?? null;
  if (name === 'state') return row.state;
  if (name === 'freshness') return row.freshness;
  return name === 'generation' ? generationsOf(facts).known : (traitOf(facts, name) ?? null);
}
