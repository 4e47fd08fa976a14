import { STATUS_CODES } from 'node:http';
import { PROBLEMS, type ProblemCode, type ProblemJson, problem } from '@berth/contract';
import type { FastifyReply } from 'fastify';
import { Refusal } from './refusal.js';

const PROBLEM_JSON = 'application/problem+json';

export function problemOf(refusal: Refusal): ProblemJson {
  const { detail, errors, members } = refusal.more;
  return problem(refusal.code, {
    ...members,
    ...(detail === undefined ? {} : { detail }),
    ...(errors === undefined ? {} : { errors }),
  });
}

export function sendProblem(reply: FastifyReply, refusal: Refusal): void {
  const { status } = PROBLEMS[refusal.code];
  reply
    .code(status)
    .headers({ ...refusal.more.headers })
    .removeHeader('etag')
    .header('content-type', PROBLEM_JSON)
    .header('cache-control', 'no-store')
    .send(JSON.stringify(problemOf(refusal)));
}

/** The bytes of an answer to something that never became a request. */
export function rawProblem(code: ProblemCode, detail: string): string {
  const body = JSON.stringify(problem(code, { detail }));
  const { status } = PROBLEMS[code];
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `Content-Type: ${PROBLEM_JSON}; charset=utf-8`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
