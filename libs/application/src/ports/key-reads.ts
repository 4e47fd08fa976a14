import type { Role } from '../caller.js';

export interface KeyRecord {
  readonly id: string;
  readonly role: Role;
  readonly host: string | undefined;
  readonly label: string | undefined;
  readonly createdAt: Date;
  readonly revokedAt: Date | undefined;
}

/** A live key, with what its secret is compared to. */
export interface LiveKey {
  readonly fleet: string;
  readonly id: string;
  readonly role: Role;
  readonly host: string | undefined;
  readonly secretHash: Uint8Array;
}

export interface KeyReads {
  /** Every fleet's: the id comes from a key that is not yet trusted. Revoked keys are not found. */
  findLive(id: string): Promise<LiveKey | undefined>;
  page(fleet: string, after: string, limit: number): Promise<readonly KeyRecord[]>;
}
