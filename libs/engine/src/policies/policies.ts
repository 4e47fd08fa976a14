import { POLICIES, type Policy } from '../model/verdict.js';
import { isProposal } from './checks-under.js';
import type { PolicyCard } from './policy-card.js';
import { PROPOSAL_RULES } from './proposals.js';

const NOTHING_ELSE = {
  proposedBy: null,
  hypothetical: false,
  assumes: {},
  admission: null,
  fault: null,
  errno: null,
} as const;

const OF_KERNELS: Readonly<Record<'strict' | 'kernel', Omit<PolicyCard, 'id'>>> = {
  strict: {
    ...NOTHING_ELSE,
    title: 'what kernels do, and nothing degraded in silence',
    statement:
      'Answers as the kernel of the target would, and refuses where that kernel would accept a mapping and weaken it without a word.',
    silentDegradation: 'refused',
    hazards: [],
  },
  kernel: {
    ...NOTHING_ELSE,
    title: 'what kernels do and nothing more',
    statement: 'Answers as the kernel of the target would: a silent degradation is a warning.',
    silentDegradation: 'warning',
    hazards: [],
  },
};

function cardOf(policy: Policy): PolicyCard {
  if (!isProposal(policy)) return { id: policy, ...OF_KERNELS[policy] };
  return { id: policy, ...PROPOSAL_RULES[policy].card, hypothetical: true };
}

/** Every policy, with what it answers by: the two of kernels as they are, then what was proposed and not merged. */
export const POLICY_CARDS: Readonly<Record<Policy, PolicyCard>> = Object.fromEntries(
  POLICIES.map((policy) => [policy, cardOf(policy)]),
) as Record<Policy, PolicyCard>;
