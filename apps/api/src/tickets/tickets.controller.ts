import { type Caller, TicketKeys } from '@berth/application';
import {
  parseTicketKeyRotation,
  type TicketKeyRotationRequest,
  TicketKeyRotationRequestSchema,
  TicketKeyRotationSchema,
  TicketKeySetSchema,
} from '@berth/contract';
import { printTicketKey } from '@berth/contract/tickets';
import { Body, Controller, Get, Inject, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { CalledBy } from '../http/caller.js';
import { Op } from '../http/operation.js';
import { OptionalBody } from '../http/optional-body.js';
import { refuse } from '../http/refuse.js';

const tag = 'tickets';

@Controller()
export class TicketsController {
  constructor(@Inject(TicketKeys) private readonly keys: TicketKeys) {}

  @Get('.well-known/jwks.json')
  @Op({
    id: 'getTicketKeySet',
    needs: 'anyone',
    tag,
    summary: 'The public keys that tickets are signed with',
    description:
      'Of all fleets, those that the next rotation takes among them: a host that keeps this set verifies tickets without a network, and need not fetch it anew between two rotations.',
    answers: { 200: { description: 'All that a ticket may be signed with today.', schema: TicketKeySetSchema } },
  })
  async keySet(@Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const published = await this.keys.published();
    reply.header('cache-control', 'public, max-age=60');
    return { keys: published.map(({ kid, publicKey }) => printTicketKey(kid, publicKey)) };
  }

  // A colon in a path is written twice: one alone would begin a parameter.
  @Post('v1/ticket-keys::rotate')
  @Op({
    id: 'rotateTicketKeys',
    needs: 'admin',
    tag,
    summary: 'Sign tickets with another key',
    description:
      'The key that is published ahead takes over, and another is published in its place. Tickets that were signed before stay good until they end.',
    body: TicketKeyRotationRequestSchema,
    bodyOptional: true,
    answers: { 200: { description: 'Which key signs now.', schema: TicketKeyRotationSchema } },
    problems: ['TICKET_KEY_FIXED'],
  })
  async rotate(
    @CalledBy() caller: Caller,
    @Body(new OptionalBody(parseTicketKeyRotation)) request: TicketKeyRotationRequest,
  ): Promise<object> {
    const rotated = await this.keys.rotate(caller, request);
    if (rotated.kind === 'fixed')
      return refuse('TICKET_KEY_FIXED', { detail: `\`BERTH_TICKET_KEY\` names the key \`${rotated.kid}\`` });
    const { signing, next = null, verifying } = rotated;
    return { signing, next, verifying: verifying.map(({ kid, until }) => ({ kid, until: until.toISOString() })) };
  }
}
