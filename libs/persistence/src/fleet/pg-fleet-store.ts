import {
  type Asker,
  type CountedGroup,
  type CountQuery,
  type FleetStore,
  type GroupQuery,
  type Guests,
  type HostGroup,
  SCHEME,
  type StoredClass,
} from '@berth/application';
import { printLabels } from '../database/labels.js';
import type { Link } from '../database/link.js';
import { orUndefined } from '../database/or-undefined.js';
import { ASKER, COUNTED, GUESTS, HOST_CLASSES, HOST_GROUPS, VM_CLASSES } from './fleet-sql.js';

interface AskerRow {
  readonly revision: number;
  readonly digest: string;
  readonly host: string | null;
  readonly source: string | null;
  readonly catalogue: string | null;
}

interface GuestRow {
  readonly fingerprint: string;
  readonly catalogue: string | null;
  readonly name: string | null;
  readonly digest: string | null;
}

type Classed<T> = Omit<T, 'classDigest'> & { readonly class: string | null };

function classed<T>({ class: found, ...rest }: Classed<T>): Omit<Classed<T>, 'class'> & {
  readonly classDigest: string | undefined;
} {
  return { ...rest, classDigest: orUndefined(found) };
}

export class PgFleetStore implements FleetStore {
  constructor(
    private readonly link: Link,
    private readonly factTtlMilliseconds: number,
  ) {}

  async asker(fleet: string, vm: string): Promise<Asker | undefined> {
    const row = await this.link.row<AskerRow>(ASKER, [fleet, vm]);
    if (row === undefined) return undefined;
    const { revision, digest, host, source, catalogue } = row;
    return {
      revision,
      digest,
      host: orUndefined(host),
      source: orUndefined(source),
      catalogue: orUndefined(catalogue),
    };
  }

  async guests(fleet: string, host: string): Promise<Guests | undefined> {
    const rows = await this.link.rows<GuestRow>(GUESTS, [fleet, host]);
    const [first] = rows;
    if (first === undefined) return undefined;
    const vms = rows.flatMap(({ name, digest }) => (name === null || digest === null ? [] : [{ name, digest }]));
    return { fingerprint: first.fingerprint, catalogue: orUndefined(first.catalogue), vms };
  }

  async hostGroups(fleet: string, query: GroupQuery): Promise<readonly HostGroup[]> {
    const { names, exclude, labels, machineId = null } = query;
    const having = labels === undefined ? null : printLabels(labels);
    const values = [fleet, SCHEME, this.factTtlMilliseconds, exclude, having, machineId, names];
    return (await this.link.rows<Classed<HostGroup>>(HOST_GROUPS, values)).map(classed<HostGroup>);
  }

  async counted(fleet: string, query: CountQuery): Promise<readonly CountedGroup[]> {
    const { state, freshness, labels, facts } = query;
    const paths = facts.map((path) => path.join(','));
    const values = [fleet, SCHEME, this.factTtlMilliseconds, state, freshness, labels, paths];
    return (await this.link.rows<Classed<CountedGroup>>(COUNTED, values)).map(classed<CountedGroup>);
  }

  async hostClasses(fleet: string, sample: number): Promise<readonly StoredClass[]> {
    const rows = await this.link.rows<Classed<StoredClass>>(HOST_CLASSES, [fleet, SCHEME, sample]);
    return rows.map(classed<StoredClass>);
  }

  async vmClasses(fleet: string, sample: number): Promise<readonly StoredClass[]> {
    const rows = await this.link.rows<Classed<StoredClass>>(VM_CLASSES, [fleet, SCHEME, sample]);
    return rows.map(classed<StoredClass>);
  }
}
