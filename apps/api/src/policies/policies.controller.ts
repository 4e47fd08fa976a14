import { PolicyListSchema } from '@berth/contract';
import { POLICY_CARDS, type PolicyCard, RULEBOOK } from '@berth/engine';
import { Controller, Get } from '@nestjs/common';
import { Op } from '../http/operation.js';

@Controller('v1')
export class PoliciesController {
  @Get('policies')
  @Op({
    id: 'listPolicies',
    needs: 'reader',
    tag: 'rulebook',
    summary: 'By whose rules a question can be answered',
    description:
      'Two policies go by kernels as they are. The others are designs that were proposed and not merged: what they answer is hypothetical, and never opens a migration.',
    answers: { 200: { description: 'Every policy, those of kernels first.', schema: PolicyListSchema } },
  })
  policies(): object {
    return { rulebook: RULEBOOK, items: Object.values(POLICY_CARDS).map(printPolicy) };
  }
}

function printPolicy(card: PolicyCard): object {
  const { id, title, proposedBy, statement, hypothetical, assumes } = card;
  const { admission, fault, errno, silentDegradation, hazards } = card;
  return {
    id,
    title,
    proposedBy,
    statement,
    hypothetical,
    assumes,
    admission,
    fault,
    errno,
    silentDegradation,
    hazards,
  };
}
