import type { Decision, Question } from '@berth/engine';
import type { Basis } from '../preflights/stored-verdict.js';

/** One decision that counts, with the question that it answers. */
export interface Evaluated {
  readonly fleet: string;
  /** `preflights/{id}` or `migrations/{id}`; `vms/{vm}` where a migration of it was to be opened. */
  readonly subject: string;
  readonly vm: string;
  readonly host: string;
  readonly question: Question;
  readonly decision: Decision;
  readonly basis: Pick<Basis, 'manifest' | 'fingerprint'>;
}

/** Is told of each evaluation when it has been made. It answers nothing, keeps nobody waiting and never throws. */
export type Witness = (evaluated: Evaluated) => void;
