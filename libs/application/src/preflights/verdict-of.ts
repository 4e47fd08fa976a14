import type { Decision } from '@berth/engine';
import type { Basis, StoredVerdict } from './stored-verdict.js';

/** How long an answer is good for, however fresh its facts. */
const VALID_MILLISECONDS = 60_000;

/** What the documents were called; the rest of the basis is the decision's own. */
export type Named = Omit<Basis, 'generation' | 'rulebook' | 'policy'>;

/** Stamps a decision. `freshUntil`: when the target's facts stop being fresh, if they are. */
export function verdictOf(
  decision: Decision,
  named: Named,
  evaluatedAt: Date,
  freshUntil?: Date,
  validMilliseconds = VALID_MILLISECONDS,
): StoredVerdict {
  const latest = evaluatedAt.getTime() + validMilliseconds;
  const validUntil = new Date(Math.min(latest, freshUntil?.getTime() ?? latest));
  const { generation, rulebook, policy } = decision;
  return { decision, basis: { ...named, generation, rulebook, policy }, evaluatedAt, validUntil };
}
