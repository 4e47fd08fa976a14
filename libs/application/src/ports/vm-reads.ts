import type { OpenMigration } from '../migrations/migration.js';

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

export interface VmWithMigration extends VmRecord {
  readonly openMigration: OpenMigration | undefined;
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
  /** With its open migration, both as they stand at one moment: between two, the VM could have landed. */
  findWithMigration(fleet: string, vm: string): Promise<VmWithMigration | undefined>;
  page(fleet: string, filter: VmFilter, after: string, limit: number): Promise<readonly VmRecord[]>;
  /** Newest first, from the revision before `before`. */
  revisions(fleet: string, vm: string, before: number, limit: number): Promise<readonly VmRevision[]>;
}
