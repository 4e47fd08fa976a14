import type { AnswerDifference, ShadowDifference } from './shadow-difference.js';
import type { ShadowRecord } from './shadow-rules.js';

export interface DifferenceFilter {
  readonly vm?: string | undefined;
  readonly host?: string | undefined;
  /** Those only, or those not, in which the outcome is another. */
  readonly outcomeDiffers?: boolean | undefined;
}

/** What is read and noted of a shadow outside the transactions of those whose answers it looks at. */
export interface ShadowStore {
  current(fleet: string): Promise<ShadowRecord | undefined>;
  /** Counts a difference that is noted already. Nothing is noted of a revision that no longer stands, and not without end. */
  note(fleet: string, revision: number, subject: string, difference: AnswerDifference): Promise<void>;
  /** The newest first, from the one before `before`. */
  page(
    fleet: string,
    filter: DifferenceFilter,
    before: string | undefined,
    limit: number,
  ): Promise<readonly ShadowDifference[]>;
  count(fleet: string): Promise<number>;
}
