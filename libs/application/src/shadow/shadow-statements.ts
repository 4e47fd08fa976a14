import type { ShadowSubmission } from './shadow-rules.js';

/** What stands, locked until the transaction ends. */
export interface LockedShadow {
  /** 0 where none was ever set. */
  readonly revision: number;
  /** Undefined where none stands. */
  readonly digest: string | undefined;
}

export interface ShadowStatements {
  lock(fleet: string): Promise<LockedShadow>;
  /** The new revision. What differed under the rules before is forgotten. */
  set(fleet: string, by: string, submission: ShadowSubmission): Promise<number>;
  remove(fleet: string, by: string): Promise<void>;
}
