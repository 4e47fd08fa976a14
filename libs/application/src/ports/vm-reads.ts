export interface VmRecord {
  readonly name: string;
  readonly host: string | undefined;
  readonly revision: number;
  readonly digest: string;
  readonly runId: string | undefined;
  readonly labels: ReadonlyMap<string, string>;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface VmRevision {
  readonly revision: number;
  readonly digest: string;
  readonly host: string | undefined;
  readonly createdAt: Date;
}

export interface VmFilter {
  readonly host?: string | undefined;
  readonly labels?: ReadonlyMap<string, string> | undefined;
}

export interface VmReads {
  find(fleet: string, vm: string): Promise<VmRecord | undefined>;
  page(fleet: string, filter: VmFilter, after: string, limit: number): Promise<readonly VmRecord[]>;
  /** Newest first, from the revision before `before`. */
  revisions(fleet: string, vm: string, before: number, limit: number): Promise<readonly VmRevision[]>;
}
