import type { Socket } from 'node:net';
import type { ProblemCode } from '@berth/contract';
import { isClosing } from './framing.js';
import { rawProblem } from './problem-reply.js';

interface ClientError extends Error {
  readonly code?: string;
}

const ANSWERS: ReadonlyMap<string, readonly [ProblemCode, string]> = new Map([
  ['ERR_HTTP_REQUEST_TIMEOUT', ['REQUEST_TIMEOUT', 'the request did not arrive in time']],
  ['HPE_HEADER_OVERFLOW', ['HEADERS_TOO_LARGE', 'the headers are larger than 16 KiB']],
]);

/** Bytes that are no HTTP request: one answer, then the link is closed, as what follows cannot be trusted. */
export function answerClientError(error: ClientError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || isClosing(socket)) return;
  const [code, detail] = ANSWERS.get(error.code ?? '') ?? ['BAD_REQUEST', 'the bytes received are no HTTP/1.1 request'];
  if (socket.writable) socket.end(rawProblem(code, detail));
  socket.destroySoon();
}
