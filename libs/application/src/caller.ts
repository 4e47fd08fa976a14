/** `agent` speaks for one host; each of the others includes the ones before it. */
export type Role = 'agent' | 'reader' | 'orchestrator' | 'operator' | 'admin';

/** Who asks. The fleet comes from the key, never from the request. */
export interface Caller {
  readonly fleet: string;
  readonly keyId: string;
  readonly role: Role;
  /** Agent keys: the one host they speak for. */
  readonly host?: string;
}
