import { createPublicKey, type KeyObject } from 'node:crypto';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/json-value.js';

/** The public keys that tickets may be signed with, by `kid`. */
export type TicketKeySet = ReadonlyMap<string, KeyObject>;

export type ParsedKeySet =
  | { readonly kind: 'ok'; readonly keys: TicketKeySet }
  | { readonly kind: 'invalid'; readonly pointer: string; readonly detail: string };

const MOST_KEYS = 10_000;
/** 32 bytes in base64url. */
const POINT = /^[A-Za-z0-9_-]{43}$/;

/** One public key as a JWK (RFC 8037); `publicKey` are the 32 bytes of the point. */
export function printTicketKey(kid: string, publicKey: Uint8Array): JsonObject {
  const x = Buffer.from(publicKey).toString('base64url');
  return { kty: 'OKP', crv: 'Ed25519', x, kid, use: 'sig', alg: 'EdDSA' };
}

/** A JWK set (RFC 7517). Keys of other kinds are passed over, as the RFC asks; a private one is a mistake that is told. */
export function parseTicketKeySet(value: JsonValue): ParsedKeySet {
  const listed = isJsonObject(value) ? value['keys'] : undefined;
  if (!Array.isArray(listed)) return invalid('/keys', 'expected a list of public keys, as in /.well-known/jwks.json');
  if (listed.length > MOST_KEYS) return invalid('/keys', `expected at most ${MOST_KEYS} keys`);
  const keys = new Map<string, KeyObject>();
  for (const [index, key] of (listed as readonly JsonValue[]).entries()) {
    const wrong = wrongWith(key, keys);
    if (wrong !== undefined) return invalid(`/keys/${index}${wrong.at}`, wrong.detail);
    if (isTicketKey(key))
      keys.set(key.kid, createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: key.x }, format: 'jwk' }));
  }
  return { kind: 'ok', keys };
}

function wrongWith(key: JsonValue, before: TicketKeySet): { at: string; detail: string } | undefined {
  if (!isJsonObject(key)) return { at: '', detail: 'expected a key' };
  if ('d' in key) return { at: '/d', detail: 'expected a public key, got a private one: keep it secret' };
  if (isTicketKey(key) && before.has(key.kid)) return { at: '/kid', detail: 'expected each `kid` once' };
  return undefined;
}

type TicketJwk = JsonObject & { readonly kid: string; readonly x: string };

function isTicketKey(key: JsonValue): key is TicketJwk {
  if (!isJsonObject(key)) return false;
  const { kty, crv, kid, x, use = 'sig', alg = 'EdDSA' } = key;
  const isEd25519 = kty === 'OKP' && crv === 'Ed25519' && typeof x === 'string' && POINT.test(x);
  return isEd25519 && typeof kid === 'string' && use === 'sig' && (alg === 'EdDSA' || alg === 'Ed25519');
}

function invalid(pointer: string, detail: string): ParsedKeySet {
  return { kind: 'invalid', pointer, detail };
}
