import { type Caller, type DeadLetter, DeadLetters, isId } from '@berth/application';
import {
  DeadLetterListSchema,
  parseRedriveRequest,
  RedrivenSchema,
  type RedriveRequest,
  RedriveRequestSchema,
} from '@berth/contract';
import { Body, Controller, Get, Inject, Post, Query } from '@nestjs/common';
import { ParsedBody } from '../http/body.js';
import { CalledBy } from '../http/caller.js';
import { Op } from '../http/operation.js';
import { printPage } from '../http/print-page.js';
import { type QueryOf, QueryPipe } from '../http/query.js';
import { DEFAULT_LIMIT, PAGE, shortText } from '../http/query-fields.js';
import { pageOr } from '../http/refuse.js';

const LETTERS = { ...PAGE, queue: shortText('Only those that died on this queue.', 128) } as const;
/** A page of whole payloads could be a gigabyte. */
const SHOWN = 4096;

const tag = 'dead letters';

@Controller('v1')
export class DeadLettersController {
  constructor(@Inject(DeadLetters) private readonly letters: DeadLetters) {}

  @Get('dead-letters')
  @Op({
    id: 'listDeadLetters',
    needs: 'operator',
    tag,
    summary: 'List the jobs that nobody will do',
    description:
      'Messages that could not be understood, and jobs that failed again and again. They are kept for a week.',
    query: LETTERS,
    answers: { 200: { description: 'One page, newest first.', schema: DeadLetterListSchema } },
    problems: ['CURSOR_INVALID'],
  })
  async list(
    @CalledBy() caller: Caller,
    @Query(new QueryPipe(LETTERS)) { limit = DEFAULT_LIMIT, ...rest }: QueryOf<typeof LETTERS>,
  ): Promise<object> {
    return printPage(pageOr(await this.letters.list(caller, { limit, ...rest })), printLetter);
  }

  @Post('dead-letters::redrive')
  @Op({
    id: 'redriveDeadLetters',
    needs: 'operator',
    tag,
    summary: 'Put dead letters back on their queues',
    description:
      'Each is done in the name of the key that puts it back, since the key that it came with was not kept. What is done is a dead letter no more; what dies again is one again.',
    body: RedriveRequestSchema,
    answers: { 200: { description: 'Which were put back.', schema: RedrivenSchema } },
  })
  async redrive(
    @CalledBy() caller: Caller,
    @Body(new ParsedBody(parseRedriveRequest)) request: RedriveRequest,
  ): Promise<object> {
    // An id that we cannot have given is of no letter.
    const which = 'ids' in request ? { ids: request.ids.filter(isId) } : request;
    return { redriven: await this.letters.redrive(caller, which) };
  }
}

const printLetter = (letter: DeadLetter): object => ({
  id: letter.id,
  queue: letter.queue,
  job: letter.job,
  reason: letter.reason,
  payload: letter.payload.slice(0, SHOWN),
  sentAt: letter.sentAt.toISOString(),
  diedAt: letter.diedAt.toISOString(),
  redrives: letter.redrives,
  redrivenAt: letter.redrivenAt?.toISOString() ?? null,
});
