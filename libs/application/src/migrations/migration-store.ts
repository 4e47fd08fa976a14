import type { MigrationRecord } from './migration.js';
import type { MigrationState } from './transitions.js';

export interface MigrationFilter {
  readonly state?: MigrationState | undefined;
  readonly vm?: string | undefined;
  readonly source?: string | undefined;
  readonly target?: string | undefined;
}

export interface MigrationRef {
  readonly fleet: string;
  readonly id: string;
}

/** What is read of migrations outside a transaction. */
export interface MigrationStore {
  find(fleet: string, id: string): Promise<MigrationRecord | undefined>;
  /** Newest first, from the one before `before`. */
  page(
    fleet: string,
    filter: MigrationFilter,
    before: string | undefined,
    limit: number,
  ): Promise<readonly MigrationRecord[]>;
  /** Ids of the open migrations of a VM, or of those that name a host on either side. */
  openOn(fleet: string, on: { readonly vm: string } | { readonly host: string }): Promise<readonly string[]>;
  /** Of every fleet: those whose expiry or deadline has passed, the longest overdue first. */
  due(limit: number): Promise<readonly MigrationRef[]>;
}
