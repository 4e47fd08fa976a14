import type { Question } from '@berth/engine';
import type { Said } from '../support/ask.js';

/** What one check says to a question that was made for it. */
export interface Claim {
  readonly check: string;
  readonly says: Exclude<Said, 'pass'>;
  readonly question: Question;
}
