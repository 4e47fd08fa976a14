import { type Caller, Shadows } from '@berth/application';
import {
  parseShadowRequest,
  ShadowDifferenceListSchema,
  type ShadowDocument,
  ShadowRequestSchema,
  ShadowSchema,
  ShadowSetSchema,
} from '@berth/contract';
import { Body, Controller, Delete, Get, Inject, Put, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ParsedBody } from '../http/body.js';
import { CalledBy } from '../http/caller.js';
import { nameText } from '../http/name-field.js';
import { Op } from '../http/operation.js';
import { printPage } from '../http/print-page.js';
import { type QueryOf, QueryPipe } from '../http/query.js';
import { DEFAULT_LIMIT, oneOf, PAGE } from '../http/query-fields.js';
import { pageOr, revisionMismatch } from '../http/refuse.js';
import { IfMatch, sendRevision } from '../http/revision.js';
import { printShadow, printShadowDifference } from './print-shadow.js';

const DIFFERENCES = {
  ...PAGE,
  vm: nameText('Only of this VM.'),
  host: nameText('Only against this host.'),
  outcome: oneOf('Only those in which the outcome is another, or the same.', ['other', 'same']),
} as const;

const tag = 'rulebook';

@Controller('v1/shadow')
export class ShadowController {
  constructor(@Inject(Shadows) private readonly shadows: Shadows) {}

  @Get()
  @Op({
    id: 'getShadow',
    needs: 'reader',
    tag,
    summary: 'The rules that are tried beside those that count',
    answers: { 200: { description: 'As they were set.', schema: ShadowSchema, headers: ['ETag'] } },
  })
  async get(@CalledBy() caller: Caller, @Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const view = await this.shadows.get(caller);
    sendRevision(reply, view.shadow?.revision ?? 0);
    return printShadow(view);
  }

  @Put()
  @Op({
    id: 'setShadow',
    needs: 'operator',
    tag,
    summary: 'Try other rules beside those that count',
    description:
      'From now on every preflight, and every evaluation of a migration, is answered by these rules too, once its answer is out. No answer ever depends on them. What they would have answered otherwise is listed.',
    body: ShadowRequestSchema,
    ifMatch: true,
    answers: { 200: { description: 'Set.', schema: ShadowSetSchema, headers: ['ETag'] } },
  })
  async set(
    @CalledBy() caller: Caller,
    @Body(new ParsedBody(parseShadowRequest)) rules: ShadowDocument,
    @IfMatch() ifMatch: number | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const answer = await this.shadows.set(caller, rules, ifMatch);
    if (answer.kind === 'revision-mismatch') return revisionMismatch(answer.revision);
    const { revision, changed } = answer;
    sendRevision(reply, revision);
    return { revision, changed };
  }

  @Delete()
  @Op({
    id: 'removeShadow',
    needs: 'operator',
    tag,
    summary: 'Try no other rules',
    description: 'What they would have answered otherwise is forgotten.',
    answers: { 204: { description: 'None is set.' } },
  })
  async remove(@CalledBy() caller: Caller): Promise<void> {
    await this.shadows.remove(caller);
  }

  @Get('differences')
  @Op({
    id: 'listShadowDifferences',
    needs: 'reader',
    tag,
    summary: 'What other rules would have changed',
    description:
      'Each question once, however often it was asked, and 1000 of them at most. A process that is asked more than it can answer twice leaves some out, and counts them in `berth_shadow_evaluations_total`.',
    query: DIFFERENCES,
    answers: { 200: { description: 'One page, the newest first.', schema: ShadowDifferenceListSchema } },
    problems: ['CURSOR_INVALID'],
  })
  async differences(
    @CalledBy() caller: Caller,
    @Query(new QueryPipe(DIFFERENCES)) { limit = DEFAULT_LIMIT, outcome, ...rest }: QueryOf<typeof DIFFERENCES>,
  ): Promise<object> {
    const outcomeDiffers = outcome === undefined ? undefined : outcome === 'other';
    const page = await this.shadows.differences(caller, { limit, outcomeDiffers, ...rest });
    return printPage(pageOr(page), printShadowDifference);
  }
}
