import { type Caller, type ComparisonRequest, Evaluations } from '@berth/application';
import {
  EvaluationAnswerSchema,
  type EvaluationRequest,
  EvaluationRequestSchema,
  parseEvaluationRequest,
  printComparison,
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
    description:
      'For dry runs, what-if questions and tests: nothing is kept. With `policies` it puts designs side by side: one verdict for each, and what each answers otherwise than `strict`.',
    body: EvaluationRequestSchema,
    answers: { 200: { description: 'The verdict, or the comparison.', schema: EvaluationAnswerSchema } },
  })
  async evaluate(
    @CalledBy() caller: Caller,
    @Body(new ParsedBody(parseEvaluationRequest)) request: EvaluationRequest,
  ): Promise<object> {
    const { policies, ...question } = request;
    const startedAt = performance.now();
    if (policies !== undefined) return this.compare(caller, { ...question, policies });
    const verdict = await this.evaluations.run(caller, question);
    this.decisions.made(null, verdict, startedAt);
    return printStored(verdict);
  }

  private async compare(caller: Caller, request: ComparisonRequest): Promise<object> {
    const startedAt = performance.now();
    const { verdicts, differences } = await this.evaluations.compare(caller, request);
    for (const verdict of verdicts) this.decisions.made(null, verdict, startedAt);
    return printComparison(verdicts.map(printStored), differences);
  }
}
