import { CheckListSchema, CheckSchema, ReasonListSchema } from '@berth/contract';
import { CHECKS, type Check, REASON_CARDS, RULEBOOK } from '@berth/engine';
import { Controller, Get, Param } from '@nestjs/common';
import { Id } from '../http/id.js';
import { Op } from '../http/operation.js';
import { refuse } from '../http/refuse.js';

const tag = 'rulebook';

@Controller('v1')
export class ChecksController {
  @Get('checks')
  @Op({
    id: 'listChecks',
    needs: 'reader',
    tag,
    summary: 'The rulebook',
    answers: { 200: { description: 'Every check, in the order the kernel asks.', schema: CheckListSchema } },
  })
  checks(): object {
    return { rulebook: RULEBOOK, items: CHECKS.map((check) => printCheck(check)) };
  }

  @Get('checks/:check')
  @Op({
    id: 'getCheck',
    needs: 'reader',
    tag,
    summary: 'One check',
    answers: { 200: { description: 'What it says, and where the kernel says it.', schema: CheckSchema } },
    problems: ['CHECK_UNKNOWN'],
  })
  check(@Param('check', new Id('CHECK_UNKNOWN')) id: string): object {
    const check = CHECKS.find((card) => card.id === id);
    return check === undefined ? refuse('CHECK_UNKNOWN') : printCheck(check);
  }

  @Get('reasons')
  @Op({
    id: 'listReasons',
    needs: 'reader',
    tag,
    summary: 'Every reason a verdict can name',
    answers: { 200: { description: 'Codes that are never renamed.', schema: ReasonListSchema } },
  })
  reasons(): object {
    return { rulebook: RULEBOOK, items: Object.values(REASON_CARDS) };
  }
}

function printCheck(card: Check): object {
  const { id, phase, scope, reason, errno, failure, severity, sourceOutcome } = card;
  const { generations, statement, expected, remedy, cite, reads } = card;
  return {
    id,
    phase,
    scope,
    reason,
    errno,
    failure,
    severity,
    sourceOutcome,
    generations,
    statement,
    expected,
    remedy,
    cite,
    reads,
  };
}
