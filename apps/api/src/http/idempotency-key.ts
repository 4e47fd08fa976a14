import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from './refusal.js';

const VISIBLE = /^[!-~]{1,255}$/;

/** The name that the caller gave to this request, so that sending it again is not asking again. */
function keyOf(header: string | readonly string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (typeof header === 'string' && VISIBLE.test(header)) return header;
  throw new Refusal('BAD_REQUEST', {
    detail: '`Idempotency-Key` must be 1 to 255 visible ASCII characters',
    errors: [{ parameter: 'Idempotency-Key', code: 'FORMAT', detail: 'must be 1 to 255 visible ASCII characters' }],
  });
}

export const IdempotencyKey = createParamDecorator((_: unknown, context: ExecutionContext) =>
  keyOf(context.switchToHttp().getRequest<FastifyRequest>().headers['idempotency-key']),
);

/** These are the bytes that the same request was answered with before. */
export function sendReplayed(reply: FastifyReply): void {
  reply.header('idempotency-replayed', 'true');
}
