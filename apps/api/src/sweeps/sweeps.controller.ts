import { Readable } from 'node:stream';
import { type Caller, isId, type SweepRecord, Sweeps } from '@berth/application';
import {
  parseSweepRequest,
  type SweepRequest,
  SweepRequestSchema,
  SweepResultListSchema,
  SweepSchema,
} from '@berth/contract';
import { OUTCOMES } from '@berth/engine';
import { Body, Controller, Delete, Get, Inject, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ParsedBody } from '../http/body.js';
import { CalledBy } from '../http/caller.js';
import { Id } from '../http/id.js';
import { Op } from '../http/operation.js';
import { printPage } from '../http/print-page.js';
import { type QueryOf, QueryPipe } from '../http/query.js';
import { DEFAULT_LIMIT, oneOf, PAGE } from '../http/query-fields.js';
import { pageOr, refuse } from '../http/refuse.js';
import { printSweep, printSweepResult } from './print-sweep.js';
import { type Seen, SweepWatch } from './sweep-watch.js';

const RESULTS = { ...PAGE, outcome: oneOf('Only results with this outcome.', OUTCOMES) } as const;

const tag = 'sweeps';

@Controller('v1/sweeps')
export class SweepsController {
  constructor(
    @Inject(Sweeps) private readonly sweeps: Sweeps,
    @Inject(SweepWatch) private readonly watch: SweepWatch,
  ) {}

  @Post()
  @Op({
    id: 'startSweep',
    needs: 'reader',
    tag,
    summary: 'Ask for many VMs and many hosts at once',
    description: 'Done by the workers; a VM is not asked about the host it is on.',
    body: SweepRequestSchema,
    answers: { 202: { description: 'Accepted.', schema: SweepSchema, headers: ['Location'] } },
    problems: ['SELECTOR_EMPTY', 'NAME_UNKNOWN'],
  })
  async start(
    @CalledBy() caller: Caller,
    @Body(new ParsedBody(parseSweepRequest)) request: SweepRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const answer = await this.sweeps.start(caller, request);
    if (answer.kind === 'selector-empty') {
      return refuse('SELECTOR_EMPTY', {
        errors: [{ pointer: `/${answer.which}`, code: 'EMPTY', detail: 'nothing is selected' }],
      });
    }
    if (answer.kind === 'name-unknown') {
      const detail = `\`${answer.name}\` is not registered`;
      return refuse('NAME_UNKNOWN', { detail, errors: [{ pointer: `/${answer.which}`, code: 'UNKNOWN', detail }] });
    }
    reply.header('location', `/v1/sweeps/${answer.id}`);
    return printSweep(await this.found(caller, answer.id));
  }

  @Get(':id')
  @Op({
    id: 'getSweep',
    needs: 'reader',
    tag,
    summary: 'How far a sweep is',
    answers: { 200: { description: 'State, progress and counts.', schema: SweepSchema } },
    problems: ['SWEEP_UNKNOWN'],
  })
  async get(@CalledBy() caller: Caller, @Param('id', new Id('SWEEP_UNKNOWN')) id: string): Promise<object> {
    return printSweep(await this.found(caller, id));
  }

  @Get(':id/results')
  @Op({
    id: 'listSweepResults',
    needs: 'reader',
    tag,
    summary: 'What a sweep has found so far',
    query: RESULTS,
    answers: { 200: { description: 'One page, by VM and host.', schema: SweepResultListSchema } },
    problems: ['SWEEP_UNKNOWN', 'CURSOR_INVALID'],
  })
  async results(
    @CalledBy() caller: Caller,
    @Param('id', new Id('SWEEP_UNKNOWN')) id: string,
    @Query(new QueryPipe(RESULTS)) { limit = DEFAULT_LIMIT, ...rest }: QueryOf<typeof RESULTS>,
  ): Promise<object> {
    if (!isId(id)) return refuse('SWEEP_UNKNOWN');
    const answer = await this.sweeps.results(caller, id, { limit, ...rest });
    if (answer.kind === 'sweep-unknown') return refuse('SWEEP_UNKNOWN');
    return printPage(pageOr(answer), printSweepResult);
  }

  @Get(':id/events')
  @Op({
    id: 'watchSweep',
    needs: 'reader',
    tag,
    summary: 'Watch a sweep',
    description: 'Server-sent events: `progress` whenever it moved, `done` at the end; the data of both is the sweep.',
    answers: { 200: { description: 'Open until the sweep has ended.', type: 'text/event-stream' } },
    problems: ['SWEEP_UNKNOWN'],
  })
  async events(
    @CalledBy() caller: Caller,
    @Param('id', new Id('SWEEP_UNKNOWN')) id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const first = seen(await this.found(caller, id));
    const events = this.watch.events(first, async () => seen(await this.found(caller, id)));
    reply
      .header('content-type', 'text/event-stream')
      .header('cache-control', 'no-store')
      // nginx would keep the events to itself until it has a page of them
      .header('x-accel-buffering', 'no')
      // nobody listens to what follows a HEAD, so nobody should look for it
      .send(reply.request.method === 'HEAD' ? '' : Readable.from(events));
  }

  @Delete(':id')
  @Op({
    id: 'cancelSweep',
    needs: 'reader',
    tag,
    summary: 'Cancel a sweep',
    description: 'What was found so far stays. Cancelling again changes nothing.',
    answers: { 200: { description: 'As it is now.', schema: SweepSchema } },
    problems: ['SWEEP_UNKNOWN', 'SWEEP_FINISHED'],
  })
  async cancel(@CalledBy() caller: Caller, @Param('id', new Id('SWEEP_UNKNOWN')) id: string): Promise<object> {
    const { kind } = isId(id) ? await this.sweeps.cancel(caller, id) : { kind: 'sweep-unknown' };
    if (kind === 'sweep-unknown') refuse('SWEEP_UNKNOWN');
    if (kind === 'already-finished') refuse('SWEEP_FINISHED');
    return printSweep(await this.found(caller, id));
  }

  private async found(caller: Caller, id: string): Promise<SweepRecord> {
    const answer = isId(id) ? await this.sweeps.get(caller, id) : { kind: 'sweep-unknown' as const };
    return answer.kind === 'found' ? answer.sweep : refuse('SWEEP_UNKNOWN');
  }
}

function seen(sweep: SweepRecord): Seen {
  return { json: printSweep(sweep), ended: sweep.finishedAt !== undefined };
}
