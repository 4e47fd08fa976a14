import { type Caller, EventFeed, type EventPlace, type EventsGone } from '@berth/application';
import { EventListSchema, parseSequence, printEvent, printSequence } from '@berth/contract';
import { Controller, Get, Headers, Inject, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { CalledBy } from '../http/caller.js';
import { Op } from '../http/operation.js';
import { printPage } from '../http/print-page.js';
import { type QueryOf, QueryPipe } from '../http/query.js';
import { DEFAULT_LIMIT } from '../http/query-fields.js';
import { pageOr, refuse } from '../http/refuse.js';
import { EventStreams } from './event-streams.js';
import { EVENTS } from './stream-query.js';

type Query_ = QueryOf<typeof EVENTS>;

const STREAM = 'text/event-stream';
const RETRY_AFTER_SECONDS = '5';

@Controller('v1/events')
export class EventsController {
  constructor(
    @Inject(EventFeed) private readonly feed: EventFeed,
    @Inject(EventStreams) private readonly streams: EventStreams,
  ) {}

  @Get()
  @Op({
    id: 'listEvents',
    needs: 'reader',
    tag: 'events',
    summary: 'What happened, in order and without gaps',
    description:
      'A page, or a stream of server-sent events for `Accept: text/event-stream`: the `id` of each is its `sequence`, its data the event.',
    query: EVENTS,
    lastEventId: true,
    answers: { 200: { description: 'One page, or the stream.', schema: EventListSchema, orType: STREAM } },
    problems: ['CURSOR_INVALID', 'EVENTS_GONE', 'STREAMS_FULL'],
  })
  async list(
    @CalledBy() caller: Caller,
    @Headers('accept') accept: string | undefined,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Query(new QueryPipe(EVENTS)) query: Query_,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (accept?.includes(STREAM)) return this.stream(caller, placeOf(lastEventId) ?? query.after, query, reply);
    const { limit = DEFAULT_LIMIT, type: types, after, cursor, subject } = query;
    const page = pageOr(keptOr(await this.feed.page(caller, { limit, types, after, cursor, subject })));
    reply.send({ ...printPage(page, printEvent), through: printSequence(page.through) });
  }

  private async stream(
    caller: Caller,
    after: EventPlace | undefined,
    { type: types, subject, limit, cursor }: Query_,
    reply: FastifyReply,
  ): Promise<void> {
    for (const [parameter, value] of Object.entries({ limit, cursor }))
      if (value !== undefined) refuseOf(parameter, 'is for pages: a stream has neither end nor size');
    const begun = keptOr(await this.feed.begin(caller, after ?? 'oldest'));
    if (this.streams.full) refuse('STREAMS_FULL', { headers: { 'retry-after': RETRY_AFTER_SECONDS } });
    reply
      .header('content-type', STREAM)
      .header('cache-control', 'no-store')
      // nginx would keep the events to itself until it has a page of them
      .header('x-accel-buffering', 'no');
    // nobody listens to what follows a HEAD, so nobody should look for it
    if (reply.request.method === 'HEAD') reply.send('');
    else reply.send(this.streams.stream(caller, { after: begun.after, types, subject }, reply.raw));
  }
}

function placeOf(lastEventId: string | undefined): number | undefined {
  if (lastEventId === undefined || lastEventId === '') return undefined;
  return parseSequence(lastEventId) ?? refuseOf('Last-Event-ID', 'must be the `id` of an event of this stream');
}

function refuseOf(parameter: string, detail: string): never {
  return refuse('INVALID_QUERY', { errors: [{ parameter, code: 'FORMAT', detail }] });
}

/** The answer, unless what it should begin after is no longer kept, or was never there. */
function keptOr<T extends { readonly kind: string }>(answer: T | EventsGone): Exclude<T, EventsGone> {
  if (!isGone(answer)) return answer as Exclude<T, EventsGone>;
  const { after, purged, head } = answer;
  const detail =
    after > head
      ? `the feed has come to ${printSequence(head)} and never to ${printSequence(after)}: read again what you follow, then go on after \`latest\``
      : `what came after ${printSequence(after)} is kept from ${printSequence(purged + 1)} only: read again what you follow, then go on from there`;
  return refuse('EVENTS_GONE', { detail, members: { oldest: printSequence(purged), latest: printSequence(head) } });
}

const isGone = (answer: { readonly kind: string }): answer is EventsGone => answer.kind === 'events-gone';
