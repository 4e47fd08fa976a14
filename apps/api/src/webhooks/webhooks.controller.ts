import { type Caller, isId, Webhooks } from '@berth/application';
import {
  parseWebhookPatch,
  parseWebhookReplay,
  parseWebhookRequest,
  parseWebhookRotation,
  printSequence,
  WebhookDeliveryListSchema,
  WebhookDeliverySchema,
  WebhookListSchema,
  type WebhookPatch,
  WebhookPatchSchema,
  type WebhookReplay,
  WebhookReplayedSchema,
  WebhookReplaySchema,
  type WebhookRequest,
  WebhookRequestSchema,
  type WebhookRotation,
  WebhookRotationSchema,
  WebhookSchema,
  WebhookWithSecretSchema,
} from '@berth/contract';
import { Body, Controller, Delete, Get, Inject, Param, Patch, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ParsedBody } from '../http/body.js';
import { CalledBy } from '../http/caller.js';
import { Id } from '../http/id.js';
import { Op } from '../http/operation.js';
import { OptionalBody } from '../http/optional-body.js';
import { printPage } from '../http/print-page.js';
import { type QueryOf, QueryPipe } from '../http/query.js';
import { DEFAULT_LIMIT, oneOf, PAGE } from '../http/query-fields.js';
import { pageOr, refuse } from '../http/refuse.js';
import { printDelivery, printWebhook } from './print-webhook.js';

const tag = 'webhooks';
const DELIVERIES = {
  ...PAGE,
  state: oneOf('Only deliveries in this state.', ['pending', 'delivered', 'failed']),
} as const;

const WebhookId = new Id('WEBHOOK_UNKNOWN');

@Controller('v1/webhooks')
export class WebhooksController {
  constructor(@Inject(Webhooks) private readonly webhooks: Webhooks) {}

  @Post()
  @Op({
    id: 'createWebhook',
    needs: 'operator',
    tag,
    summary: 'Be told of events',
    description:
      'Messages are CloudEvents, signed as Standard Webhooks says. They come at least once, those about one subject in order.',
    body: WebhookRequestSchema,
    answers: {
      201: { description: 'With its secret, shown this once.', schema: WebhookWithSecretSchema, headers: ['Location'] },
    },
    problems: ['ADDRESS_REFUSED'],
  })
  async create(
    @CalledBy() caller: Caller,
    @Body(new ParsedBody(parseWebhookRequest)) request: WebhookRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const answer = sentOr(await this.webhooks.create(caller, request));
    reply.header('location', `/v1/webhooks/${answer.webhook.id}`).header('cache-control', 'no-store');
    return { ...printWebhook(answer.webhook), secret: answer.secret };
  }

  @Get()
  @Op({
    id: 'listWebhooks',
    needs: 'operator',
    tag,
    summary: 'List webhooks, without their secrets',
    query: PAGE,
    answers: { 200: { description: 'One page.', schema: WebhookListSchema } },
    problems: ['CURSOR_INVALID'],
  })
  async list(
    @CalledBy() caller: Caller,
    @Query(new QueryPipe(PAGE)) { limit = DEFAULT_LIMIT, cursor }: QueryOf<typeof PAGE>,
  ): Promise<object> {
    return printPage(pageOr(await this.webhooks.list(caller, { limit, cursor })), printWebhook);
  }

  @Get(':webhook')
  @Op({
    id: 'getWebhook',
    needs: 'operator',
    tag,
    summary: 'How a webhook is doing',
    answers: { 200: { description: 'State, place and failures.', schema: WebhookSchema } },
    problems: ['WEBHOOK_UNKNOWN'],
  })
  async get(@CalledBy() caller: Caller, @Param('webhook', WebhookId) id: string): Promise<object> {
    return printWebhook(knownOr(await this.webhooks.get(caller, idOr(id))).webhook);
  }

  @Patch(':webhook')
  @Op({
    id: 'patchWebhook',
    needs: 'operator',
    tag,
    summary: 'Change, disable or enable a webhook',
    body: WebhookPatchSchema,
    mergePatch: true,
    answers: { 200: { description: 'As it is now.', schema: WebhookSchema } },
    problems: ['WEBHOOK_UNKNOWN', 'ADDRESS_REFUSED'],
  })
  async patch(
    @CalledBy() caller: Caller,
    @Param('webhook', WebhookId) id: string,
    @Body(new ParsedBody(parseWebhookPatch)) patch: WebhookPatch,
  ): Promise<object> {
    return printWebhook(knownOr(sentOr(await this.webhooks.patch(caller, idOr(id), patch))).webhook);
  }

  @Delete(':webhook')
  @Op({
    id: 'deleteWebhook',
    needs: 'operator',
    tag,
    summary: 'Forget a webhook and its deliveries',
    answers: { 204: { description: 'Gone.' } },
    problems: ['WEBHOOK_UNKNOWN'],
  })
  async remove(@CalledBy() caller: Caller, @Param('webhook', WebhookId) id: string): Promise<void> {
    knownOr(await this.webhooks.remove(caller, idOr(id)));
  }

  @Post(':webhook/rotate')
  @Op({
    id: 'rotateWebhookSecret',
    needs: 'operator',
    tag,
    summary: 'Give a webhook a new secret',
    description: 'For a while messages have two signatures, by the new secret and by the old one.',
    body: WebhookRotationSchema,
    bodyOptional: true,
    answers: { 200: { description: 'With the new secret, shown this once.', schema: WebhookWithSecretSchema } },
    problems: ['WEBHOOK_UNKNOWN'],
  })
  async rotate(
    @CalledBy() caller: Caller,
    @Param('webhook', WebhookId) id: string,
    @Body(new OptionalBody(parseWebhookRotation)) { overlapSeconds }: WebhookRotation,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const answer = knownOr(await this.webhooks.rotate(caller, idOr(id), overlapSeconds * 1000));
    reply.header('cache-control', 'no-store');
    return { ...printWebhook(answer.webhook), secret: answer.secret };
  }

  @Post(':webhook/test')
  @Op({
    id: 'testWebhook',
    needs: 'operator',
    tag,
    summary: 'Send a message of no event',
    description: 'By the way that all messages take, once. How it went is told by the delivery.',
    answers: { 202: { description: 'The delivery.', schema: WebhookDeliverySchema, headers: ['Location'] } },
    problems: ['WEBHOOK_UNKNOWN'],
  })
  async test(
    @CalledBy() caller: Caller,
    @Param('webhook', WebhookId) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const { delivery } = knownOr(await this.webhooks.test(caller, idOr(id)));
    reply.header('location', `/v1/webhooks/${id}/deliveries/${delivery.number}`);
    return printDelivery(delivery);
  }

  @Post(':webhook/replay')
  @Op({
    id: 'replayWebhook',
    needs: 'operator',
    tag,
    summary: 'Send events again',
    description: 'One event, or a stretch of the feed, of which at most 10,000 are queued at a time.',
    body: WebhookReplaySchema,
    answers: { 202: { description: 'How many are on their way.', schema: WebhookReplayedSchema } },
    problems: ['WEBHOOK_UNKNOWN', 'WEBHOOK_DISABLED', 'EVENT_UNKNOWN'],
  })
  async replay(
    @CalledBy() caller: Caller,
    @Param('webhook', WebhookId) id: string,
    @Body(new ParsedBody(parseWebhookReplay)) request: WebhookReplay,
  ): Promise<object> {
    const answer = knownOr(await this.webhooks.replay(caller, idOr(id), request));
    if (answer.kind === 'webhook-disabled') return refuse('WEBHOOK_DISABLED');
    if (answer.kind === 'event-unknown') {
      const detail = `no event \`${answer.event}\` is kept`;
      return refuse('EVENT_UNKNOWN', { detail, errors: [{ pointer: '/event', code: 'UNKNOWN', detail }] });
    }
    const { queued, through } = answer;
    return { queued, through: through === undefined ? null : printSequence(through) };
  }

  @Get(':webhook/deliveries')
  @Op({
    id: 'listWebhookDeliveries',
    needs: 'operator',
    tag,
    summary: 'What became of each message',
    query: DELIVERIES,
    answers: { 200: { description: 'One page, newest first.', schema: WebhookDeliveryListSchema } },
    problems: ['WEBHOOK_UNKNOWN', 'CURSOR_INVALID'],
  })
  async deliveries(
    @CalledBy() caller: Caller,
    @Param('webhook', WebhookId) id: string,
    @Query(new QueryPipe(DELIVERIES)) { limit = DEFAULT_LIMIT, ...rest }: QueryOf<typeof DELIVERIES>,
  ): Promise<object> {
    const answer = knownOr(await this.webhooks.deliveries(caller, idOr(id), { limit, ...rest }));
    return printPage(pageOr(answer), printDelivery);
  }

  @Get(':webhook/deliveries/:delivery')
  @Op({
    id: 'getWebhookDelivery',
    needs: 'operator',
    tag,
    summary: 'What became of one message',
    answers: { 200: { description: 'With its attempts.', schema: WebhookDeliverySchema } },
    problems: ['WEBHOOK_UNKNOWN', 'DELIVERY_UNKNOWN'],
  })
  async delivery(
    @CalledBy() caller: Caller,
    @Param('webhook', WebhookId) id: string,
    @Param('delivery', new Id('DELIVERY_UNKNOWN')) number: string,
  ): Promise<object> {
    const asked = /^[1-9][0-9]{0,14}$/.test(number) ? Number(number) : 0;
    const answer = knownOr(await this.webhooks.delivery(caller, idOr(id), asked));
    return answer.kind === 'found' ? printDelivery(answer.delivery) : refuse('DELIVERY_UNKNOWN');
  }
}

const idOr = (id: string): string => (isId(id) ? id : refuse('WEBHOOK_UNKNOWN'));

interface Kinded {
  readonly kind: string;
}

function knownOr<T extends Kinded>(answer: T): Exclude<T, { readonly kind: 'webhook-unknown' }> {
  if (answer.kind === 'webhook-unknown') return refuse('WEBHOOK_UNKNOWN');
  return answer as Exclude<T, { readonly kind: 'webhook-unknown' }>;
}

function sentOr<T extends Kinded>(answer: T): Exclude<T, { readonly kind: 'address-refused' }> {
  if (!isRefused(answer)) return answer as Exclude<T, { readonly kind: 'address-refused' }>;
  const detail = `\`url\` ${answer.why}`;
  return refuse('ADDRESS_REFUSED', { detail, errors: [{ pointer: '/url', code: 'REFUSED', detail }] });
}

const isRefused = (answer: Kinded): answer is { readonly kind: 'address-refused'; readonly why: string } =>
  answer.kind === 'address-refused';
