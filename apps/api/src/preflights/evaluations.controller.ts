import { type Caller, Evaluations } from '@berth/application';
import {
  type EvaluationRequest,
  EvaluationRequestSchema,
  parseEvaluationRequest,
  VerdictSchema,
} from '@berth/contract';
import { Body, Controller, Inject, Post } from '@nestjs/common';
import { ParsedBody } from '../http/body.js';
import { CalledBy } from '../http/caller.js';
import { Op } from '../http/operation.js';
import { Decisions } from '../metrics/decisions.js';
import { printStored } from './print-preflight.js';

@Controller('v1/evaluations')
export class EvaluationsController {
  constructor(
    @Inject(Evaluations) private readonly evaluations: Evaluations,
    @Inject(Decisions) private readonly decisions: Decisions,
  ) {}

  @Post()
  @Op({
    id: 'evaluate',
    needs: 'reader',
    tag: 'preflights',
    summary: 'A verdict on documents that are not stored',
    description: 'For dry runs, what-if questions and tests: nothing is kept.',
    body: EvaluationRequestSchema,
    answers: { 200: { description: 'The verdict.', schema: VerdictSchema } },
  })
  async evaluate(
    @CalledBy() caller: Caller,
    @Body(new ParsedBody(parseEvaluationRequest)) request: EvaluationRequest,
  ): Promise<object> {
    const startedAt = performance.now();
    const verdict = await this.evaluations.run(caller, request);
    this.decisions.made(null, verdict, startedAt);
    return printStored(verdict);
  }
}
