import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from './refusal.js';

// `"0"` says that there must be nothing yet.
const QUOTED = /^"(0|[1-9][0-9]{0,14})"$/;

export function sendRevision(reply: FastifyReply, revision: number): void {
  reply.header('etag', `"${revision}"`);
}

/** The revision a write quotes. `*` and lists are refused: they would mean "whatever is there now". */
export function quotedRevision(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const match = QUOTED.exec(header);
  if (match === null) {
    throw new Refusal('BAD_REQUEST', {
      detail: '`If-Match` must be one revision in double quotes, as an `ETag` gave it',
      errors: [{ parameter: 'If-Match', code: 'FORMAT', detail: 'must look like "7"' }],
    });
  }
  return Number(match[1]);
}

export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext) =>
  quotedRevision(context.switchToHttp().getRequest<FastifyRequest>().headers['if-match']),
);
