import type { Role } from '../caller.js';

export interface NewKey {
  readonly fleet: string;
  readonly id: string;
  readonly secretHash: Buffer;
  readonly role: Role;
  readonly host?: string | undefined;
  readonly label?: string | undefined;
}

export interface KeyStatements {
  insert(key: NewKey): Promise<void>;
  /** False when there is no such key, or it was revoked before. */
  revoke(fleet: string, id: string): Promise<boolean>;
}
