import { type Caller, Preflights } from '@berth/application';
import {
  PreflightReplaySchema,
  type PreflightRequest,
  PreflightRequestSchema,
  PreflightSchema,
  parsePreflightRequest,
  parseReplayRequest,
  type ReplayRequest,
  ReplayRequestSchema,
  refusedPreflight,
} from '@berth/contract';
import { Body, Controller, Get, Inject, Param, Post } from '@nestjs/common';
import { ParsedBody } from '../http/body.js';
import { CalledBy } from '../http/caller.js';
import { Id } from '../http/id.js';
import { Op } from '../http/operation.js';
import { OptionalBody } from '../http/optional-body.js';
import { refuse } from '../http/refuse.js';
import { Decisions } from '../metrics/decisions.js';
import { printPreflight, printReplay } from './print-preflight.js';

const tag = 'preflights';

@Controller('v1/preflights')
export class PreflightsController {
  constructor(
    @Inject(Preflights) private readonly preflights: Preflights,
    @Inject(Decisions) private readonly decisions: Decisions,
  ) {}

  @Post()
  @Op({
    id: 'askPreflight',
    needs: 'reader',
    tag,
    summary: 'Can this VM migrate to this host?',
    description:
      'A "no" is a 200 like a "yes". `wouldFail` is what the target would hit first, in restore order; `findings` has all of it.',
    body: PreflightRequestSchema,
    answers: { 200: { description: 'The answer, which is kept under its `id`.', schema: PreflightSchema } },
    problems: ['NAME_UNKNOWN', 'REVISION_CONFLICT'],
  })
  async ask(
    @CalledBy() caller: Caller,
    @Body(new ParsedBody(parsePreflightRequest)) request: PreflightRequest,
  ): Promise<object> {
    const startedAt = performance.now();
    const answer = await this.preflights.ask(caller, request);
    if (answer.kind !== 'answered') {
      const refused = refusedPreflight(answer);
      return refuse(refused.code, refused);
    }
    this.decisions.made(answer.id, answer.verdict, startedAt);
    return printPreflight(answer.id, answer.verdict);
  }

  @Get(':id')
  @Op({
    id: 'getPreflight',
    needs: 'reader',
    tag,
    summary: 'An answer that was given',
    answers: { 200: { description: 'As it was given.', schema: PreflightSchema } },
    problems: ['PREFLIGHT_UNKNOWN'],
  })
  async get(@CalledBy() caller: Caller, @Param('id', new Id('PREFLIGHT_UNKNOWN')) id: string): Promise<object> {
    const answer = await this.preflights.get(caller, id);
    return answer.kind === 'found' ? printPreflight(answer.id, answer.verdict) : refuse('PREFLIGHT_UNKNOWN');
  }

  @Post(':id/replay')
  @Op({
    id: 'replayPreflight',
    needs: 'reader',
    tag,
    summary: 'The same question through the rulebook of today',
    description:
      'The stored documents are asked about again, and what the two answers do not share is listed finding by finding. With `overrides` the documents are taken with other facts: the answer is hypothetical. Nothing is stored.',
    body: ReplayRequestSchema,
    bodyOptional: true,
    answers: {
      200: { description: 'What was answered, and what would be answered now.', schema: PreflightReplaySchema },
    },
    problems: ['PREFLIGHT_UNKNOWN'],
  })
  async replay(
    @CalledBy() caller: Caller,
    @Param('id', new Id('PREFLIGHT_UNKNOWN')) id: string,
    @Body(new OptionalBody(parseReplayRequest)) request: ReplayRequest,
  ): Promise<object> {
    const answer = await this.preflights.replay(caller, id, request);
    if (answer.kind === 'replayed') return printReplay(answer);
    if (answer.kind === 'overrides-refused') return refuse('INVALID_DOCUMENT', { errors: answer.faults });
    return refuse('PREFLIGHT_UNKNOWN');
  }
}
