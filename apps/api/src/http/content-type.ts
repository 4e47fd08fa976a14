import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from './refusal.js';

const JSON_TYPE = /^application\/json(?:[ ]?;[ ]?charset="?utf-8"?)?$/i;
const MERGE_PATCH = /^application\/merge-patch\+json(?:[ ]?;[ ]?charset="?utf-8"?)?$/i;

/** Bodies stay bytes until the route's own parser has them: Fastify's JSON parser would accept duplicate keys. */
export function takeRawJson(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    ['application/json', 'application/merge-patch+json'],
    { parseAs: 'buffer' },
    (_request, body, done) => done(null, body),
  );
  fastify.addHook('preParsing', async (request) => refuseOtherTypes(request));
}

function refuseOtherTypes(request: FastifyRequest): void {
  if (request.is404) return;
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw unsupported('Content-Encoding', 'a body must not be encoded', { 'accept-encoding': 'identity' });
  }
  const type = request.headers['content-type'];
  if (type === undefined || JSON_TYPE.test(type)) return;
  if (request.method === 'PATCH' && MERGE_PATCH.test(type)) return;
  throw unsupported('Content-Type', 'a body must be `application/json`', { accept: 'application/json' });
}

function unsupported(header: string, detail: string, headers: Record<string, string>): Refusal {
  return new Refusal('UNSUPPORTED_MEDIA_TYPE', {
    detail,
    errors: [{ parameter: header, code: 'FORMAT', detail }],
    headers: { ...headers, connection: 'close' },
  });
}
