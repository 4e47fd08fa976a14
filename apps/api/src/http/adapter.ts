import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { answerClientError } from './client-error.js';
import { closeAfter } from './framing.js';
import { sendProblem } from './problem-reply.js';
import { Refusal } from './refusal.js';

export const BODY_LIMIT = 1024 * 1024;

/** Every limit in one place: what is slower or larger than this is answered 4xx and let go. */
export function createAdapter(): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    requestTimeout: 15_000,
    connectionTimeout: 60_000,
    keepAliveTimeout: 60_000,
    // the missing `Host` is refused by `refuseOddFraming`, in our own words
    http: {
      requireHostHeader: false,
      headersTimeout: 10_000,
      connectionsCheckingInterval: 2_000,
      maxHeaderSize: 16 * 1024,
    },
    trustProxy: false,
    forceCloseConnections: 'idle',
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    routerOptions: {
      // names have 128 characters, percent-encoded thrice as many
      maxParamLength: 512,
      querystringParser: (text) => ({ text }),
    },
    frameworkErrors: answerRouterError,
    clientErrorHandler: answerClientError,
  });
}

/** The router's own refusals come before any hook, so before the framing was looked at: the link ends with them. */
function answerRouterError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  closeAfter(request, reply);
  const tooLong = error.statusCode === 414;
  const detail = tooLong ? 'a part of the path is longer than any name' : 'the path is not percent-encoded UTF-8';
  sendProblem(reply, new Refusal(tooLong ? 'URI_TOO_LONG' : 'BAD_REQUEST', { detail }));
}
