import type { Freshness, HostState } from '@berth/engine';

/** A VM that looks for targets, as it stands, with what its answers rest on. */
export interface Asker {
  readonly revision: number;
  /** Of its manifest. */
  readonly digest: string;
  readonly host: string | undefined;
  /** Of the facts of the host it runs on; undefined where that is not registered. */
  readonly source: string | undefined;
  /** Of the rows that were added to the driver catalogue. */
  readonly catalogue: string | undefined;
}

/** A host with every VM that runs on it, at one moment. */
export interface Guests {
  /** Of the host's facts. */
  readonly fingerprint: string;
  readonly catalogue: string | undefined;
  readonly vms: readonly { readonly name: string; readonly digest: string }[];
}

/** Hosts that no check can tell apart. */
interface Alike {
  /** Undefined where none is stored under the scheme of this program: then all have the same document. */
  readonly classDigest: string | undefined;
  /** The digest of the facts of one of them. */
  readonly fingerprint: string;
  readonly hosts: number;
}

/** Hosts that no check can tell apart and that stand alike: each VM gets the same answer from all of them. */
export interface HostGroup extends Alike {
  /** All have this very document, down to the machine's id. */
  readonly sole: boolean;
  readonly state: HostState;
  readonly freshness: Freshness;
  /** The first of them by name, as many as were asked for. */
  readonly names: readonly string[];
}

export interface GroupQuery {
  /** How many names are wanted of each group. */
  readonly names: number;
  readonly exclude: readonly string[];
  readonly labels?: ReadonlyMap<string, string> | undefined;
  /** Hosts whose facts could be of this machine are grouped by their documents. */
  readonly machineId?: string | undefined;
}

/** Hosts that are counted together. */
export interface CountedGroup extends Alike {
  /** Null where it was not asked for. */
  readonly state: HostState | null;
  readonly freshness: Freshness | null;
  /** Their values of the labels that were asked for; null where a label is not set. */
  readonly labels: readonly (string | null)[];
}

export interface CountQuery {
  readonly state: boolean;
  readonly freshness: boolean;
  readonly labels: readonly string[];
  /** Facts that no check reads, by which they are told apart as well: as paths into the document. */
  readonly facts: readonly (readonly string[])[];
}

/** Members of a class, or of one document where the class is not stored. */
export interface StoredClass {
  readonly classDigest: string | undefined;
  /** The digest of the document of one member. */
  readonly document: string;
  readonly members: number;
  /** The first of them by name. */
  readonly sample: readonly string[];
}

/** A fleet by its classes. Each answer is of one moment, by the clock of the database. */
export interface FleetStore {
  asker(fleet: string, vm: string): Promise<Asker | undefined>;
  guests(fleet: string, host: string): Promise<Guests | undefined>;
  hostGroups(fleet: string, query: GroupQuery): Promise<readonly HostGroup[]>;
  counted(fleet: string, query: CountQuery): Promise<readonly CountedGroup[]>;
  hostClasses(fleet: string, sample: number): Promise<readonly StoredClass[]>;
  vmClasses(fleet: string, sample: number): Promise<readonly StoredClass[]>;
}
