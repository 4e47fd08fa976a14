import { verify } from 'node:crypto';
import { isJsonObject, type JsonObject } from '../json/json-value.js';
import { parseJson } from '../json/parse-json.js';
import { parseTicket, TICKET_ALGORITHM, TICKET_BYTES, TICKET_TYPE, type Ticket } from './ticket.js';
import type { TicketKeySet } from './ticket-key-set.js';
import type { TicketRefusal } from './ticket-refusal.js';

export type TicketRead =
  | { readonly kind: 'read'; readonly ticket: Ticket; readonly kid: string }
  | { readonly kind: 'refused'; readonly refusal: TicketRefusal };

interface Token {
  readonly kind: 'token';
  readonly kid: string;
  readonly claims: Buffer;
  readonly signed: string;
  readonly signature: Buffer;
}

/**
 * A token (RFC 7515, compact) as a ticket, if one of these keys signed it. The algorithm is ours to choose, not the
 * token's: its header must say Ed25519, and nothing but Ed25519 is ever tried. Says nothing of the time: `ticketFaults` does.
 */
export function readTicket(text: string, keys: TicketKeySet): TicketRead {
  const token = tokenOf(text);
  if (token.kind === 'refused') return token;
  const key = keys.get(token.kid);
  if (key === undefined) return refused('TICKET_KEY_UNKNOWN', `the key \`${token.kid}\` is not in the key set`);
  if (!verify(null, Buffer.from(token.signed, 'ascii'), key, token.signature))
    return refused('TICKET_FORGED', `the signature is not one of the key \`${token.kid}\``);
  return ticketIn(token);
}

/** The same without any proof: for showing what a token claims, and for nothing else. */
export function readUnverifiedTicket(text: string): TicketRead {
  const token = tokenOf(text);
  return token.kind === 'refused' ? token : ticketIn(token);
}

function ticketIn({ claims, kid }: Token): TicketRead {
  const json = parseJson(claims, { levels: 4 });
  if (json.kind === 'refused') return malformed(`claims: ${json.problem.detail}`);
  const ticket = parseTicket(json.value);
  return typeof ticket === 'string' ? malformed(`claims: ${ticket}`) : { kind: 'read', ticket, kid };
}

function tokenOf(text: string): Token | Extract<TicketRead, { kind: 'refused' }> {
  if (Buffer.byteLength(text) > TICKET_BYTES) return malformed(`expected at most ${TICKET_BYTES} bytes`);
  const parts = text.split('.');
  const [header, claims, signature] = parts.map(bytesOf);
  if (parts.length !== 3 || header === undefined || claims === undefined || signature === undefined)
    return malformed('expected three parts in base64url with dots between them');
  const kid = kidOf(header);
  if (typeof kid !== 'string') return malformed(`header: ${kid.wrong}`);
  return { kind: 'token', kid, claims, signed: text.slice(0, text.lastIndexOf('.')), signature };
}

/** Only the one way to write these bytes: the spare bits of a last character would otherwise make a second ticket of one. */
function bytesOf(part: string): Buffer | undefined {
  const bytes = Buffer.from(part, 'base64url');
  return bytes.length > 0 && bytes.toString('base64url') === part ? bytes : undefined;
}

function kidOf(header: Buffer): string | { readonly wrong: string } {
  const json = parseJson(header, { levels: 4 });
  if (json.kind === 'refused') return { wrong: json.problem.detail };
  if (!isJsonObject(json.value)) return { wrong: 'expected an object' };
  const { alg, typ, kid, ...rest }: JsonObject = json.value;
  if (alg !== TICKET_ALGORITHM) return { wrong: `expected \`alg\` ${TICKET_ALGORITHM}` };
  if (typ !== TICKET_TYPE) return { wrong: `expected \`typ\` ${TICKET_TYPE}` };
  if (typeof kid !== 'string' || !/^[A-Za-z0-9_-]{1,128}$/.test(kid)) return { wrong: 'expected a `kid`' };
  // `crit` would have to be understood, `jwk` and `jku` would bring keys of their own: a ticket has none of them.
  return Object.keys(rest).length === 0 ? kid : { wrong: 'expected `alg`, `typ` and `kid` alone' };
}

function refused(code: TicketRefusal['code'], detail: string): Extract<TicketRead, { kind: 'refused' }> {
  return { kind: 'refused', refusal: { code, detail } };
}

const malformed = (detail: string) => refused('TICKET_MALFORMED', detail);
