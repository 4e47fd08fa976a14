import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from './refusal.js';

const closing = new WeakSet<Socket>();

/** Was the last answer on this link given already? What was read behind it is not served. */
export function isClosing(socket: Socket): boolean {
  return closing.has(socket);
}

/** The answer to this request is the last one on its link. */
export function closeAfter({ raw: { socket } }: FastifyRequest, reply: FastifyReply): void {
  closing.add(socket);
  reply.header('connection', 'close');
  reply.raw.once('finish', () => socket.destroySoon());
}

/**
 * Node's parser takes any transfer coding it does not know for "no body" and reads the bytes that follow as the next
 * request. Two servers that disagree about where a request ends, or for whom it is, can be made to smuggle one.
 */
export function refuseOddFraming(request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void {
  if (isClosing(request.raw.socket)) {
    reply.hijack();
    return;
  }
  const header = oddHeader(request);
  if (header === undefined) {
    done();
    return;
  }
  closeAfter(request, reply);
  const detail = header === 'Host' ? 'must be there once' : 'must be `chunked`';
  done(
    new Refusal('BAD_REQUEST', {
      detail: `the header \`${header}\` ${detail}`,
      errors: [{ parameter: header, code: 'FORMAT', detail }],
    }),
  );
}

function oddHeader({ raw }: FastifyRequest): 'Host' | 'Transfer-Encoding' | undefined {
  const coding = raw.headers['transfer-encoding'];
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') return 'Transfer-Encoding';
  let hosts = 0;
  for (let at = 0; at < raw.rawHeaders.length; at += 2) if (raw.rawHeaders[at]?.toLowerCase() === 'host') hosts += 1;
  return hosts === 1 || (hosts === 0 && raw.httpVersion === '1.0') ? undefined : 'Host';
}
