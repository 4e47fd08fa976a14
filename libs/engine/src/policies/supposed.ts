import type { Suppositions } from '../model/suppositions.js';
import type { Policy } from '../model/verdict.js';
import { isProposal } from './checks-under.js';
import type { Patch } from './patch.js';
import { PROPOSAL_RULES } from './proposals.js';

/** What a question supposes of the target's kernel beyond its fingerprint, and what it went by. */
export interface Supposed {
  readonly patch: Patch | undefined;
  readonly assumed: Suppositions;
}

const NOTHING: Supposed = { patch: undefined, assumed: {} };
const FLAGGED: Supposed = { patch: { unknownFlag: true }, assumed: { cacheableFlag: true } };

export function supposedOf(policy: Policy, given: Suppositions | undefined): Supposed {
  if (!isProposal(policy)) return given?.cacheableFlag === true ? FLAGGED : NOTHING;
  const { card, patch } = PROPOSAL_RULES[policy];
  const assumed = assumedOf(card.assumes, given);
  const unknownFlag = given?.cacheableFlag === true && card.assumes.cacheableFlag === undefined;
  if (!unknownFlag) return { patch: patch(assumed), assumed };
  return { patch: { ...patch(assumed), unknownFlag }, assumed: { ...assumed, cacheableFlag: true } };
}

/** The question's word where it says something that the policy goes by. */
function assumedOf(assumes: Suppositions, given: Suppositions | undefined): Suppositions {
  const keys = Object.keys(assumes) as (keyof Suppositions)[];
  return Object.fromEntries(keys.map((key) => [key, given?.[key] ?? assumes[key]]));
}
