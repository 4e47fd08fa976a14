import type { Caller, Keys } from '@berth/application';
import { type NeededRole, roleAllows, roleRefused } from '@berth/contract';
import type { FastifyRequest } from 'fastify';
import './request-context.js';
import { Refusal } from './refusal.js';

const BEARER = /^Bearer ([A-Za-z0-9_-]{1,256})$/i;
const BASIC = /^Basic ([A-Za-z0-9+/=]{1,512})$/i;
const CHALLENGE = { 'www-authenticate': 'Bearer realm="berth"' };
// A browser cannot send a bearer key by itself; for the pages it opens, the key is the password of any user.
const PAGE_CHALLENGE = { 'www-authenticate': 'Basic realm="berth", charset="UTF-8"' };

type Ask = (header: string | undefined, page: boolean) => Promise<Caller>;

/** Runs before the body is read: who has no key cannot make us parse anything. */
export function authentication(keys: Pick<Keys, 'authenticate'>): (request: FastifyRequest) => Promise<void> {
  const ask: Ask = async (header, page) => {
    const key = keyOf(header, page);
    const caller = key === undefined ? undefined : await keys.authenticate(key);
    if (caller !== undefined) return caller;
    throw new Refusal('UNAUTHENTICATED', { headers: page ? PAGE_CHALLENGE : CHALLENGE });
  };
  return async (request) => {
    const { needs, page = false } = request.routeOptions.config;
    if (request.is404 || needs === 'anyone') return;
    if (needs === undefined)
      throw new Refusal('FORBIDDEN', { detail: 'this route names no role, so nobody may use it' });
    const caller = await ask(request.headers.authorization, page);
    refuseOtherRoles(caller, needs);
    if (needs === 'agent') refuseOtherHosts(caller, request);
    request.caller = caller;
  };
}

function refuseOtherRoles({ role }: Caller, needs: NeededRole): void {
  if (roleAllows(role, needs)) return;
  const refused = roleRefused(role, needs);
  throw new Refusal(refused.code, refused);
}

/** An agent speaks for the one host its key was made for. */
function refuseOtherHosts(caller: Caller, request: FastifyRequest): void {
  if (caller.role !== 'agent') return;
  const { host } = request.params as { host?: string };
  if (caller.host !== undefined && host === caller.host) return;
  throw new Refusal('HOST_FORBIDDEN');
}

function keyOf(header: string | undefined, page: boolean): string | undefined {
  if (header === undefined) return undefined;
  const bearer = BEARER.exec(header)?.[1];
  if (bearer !== undefined || !page) return bearer;
  const basic = BASIC.exec(header)?.[1];
  return basic === undefined
    ? undefined
    : Buffer.from(basic, 'base64').toString('latin1').split(':').slice(1).join(':');
}
