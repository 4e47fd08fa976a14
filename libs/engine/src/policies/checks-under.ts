import type { Check } from '../check.js';
import { CHECKS } from '../checks.js';
import type { Policy, Proposal } from '../model/verdict.js';
import { cowPfnmapFault } from './cow-pfnmap-fault.js';
import type { Patch } from './patch.js';
import { proposalAdmits } from './proposal-admits.js';
import { proposalAdmitsHazard } from './proposal-admits-hazard.js';
import { proposalRefuses } from './proposal-refuses.js';
import { PROPOSAL_ROWS } from './proposal-rows.js';
import { PROPOSAL_RULES } from './proposals.js';
import { unknownSlotFlag } from './unknown-slot-flag.js';

const OF_PROPOSALS: ReadonlySet<Check> = new Set([
  unknownSlotFlag,
  proposalRefuses,
  cowPfnmapFault,
  proposalAdmits,
  proposalAdmitsHazard,
]);

/** What is asked of kernels as they are: nothing that only a proposal or its flag could answer. */
const OF_KERNELS: readonly Check[] = CHECKS.filter((check) => !OF_PROPOSALS.has(check));

const rulebooks = new Map<Policy, readonly Check[]>();

/** The checks by which a question is answered. `checks` is given by tests that leave one out. */
export function checksUnder(
  policy: Policy,
  patch: Patch | undefined,
  checks: readonly Check[] | undefined,
): readonly Check[] {
  if (patch === undefined) return checks ?? OF_KERNELS;
  if (!isProposal(policy)) return checks ?? CHECKS;
  if (checks !== undefined) return withRows(policy, checks);
  const found = rulebooks.get(policy) ?? withRows(policy, CHECKS);
  rulebooks.set(policy, found);
  return found;
}

export function isProposal(policy: Policy): policy is Proposal {
  return policy in PROPOSAL_RULES;
}

function withRows(policy: Proposal, checks: readonly Check[]): readonly Check[] {
  const { rows } = PROPOSAL_RULES[policy];
  return checks.map((check) => ({ ...(PROPOSAL_ROWS.get(check.id) ?? check), ...rows[check.id] }) as Check);
}
