import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';

/** An Ed25519 key that signs tickets. A `KeyObject` prints itself nowhere: no log and no error can hold the secret. */
export interface TicketKey {
  /** Its public half's RFC 7638 thumbprint: two keys never share one, and it need not be kept anywhere. */
  readonly kid: string;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly privateKey: KeyObject;
}

export type ParsedTicketKey =
  | { readonly kind: 'ok'; readonly key: TicketKey }
  | { readonly kind: 'invalid'; readonly message: string };

export function newTicketKey(): TicketKey {
  return ticketKeyOf(generateKeyPairSync('ed25519').privateKey);
}

export function ticketKeyOf(privateKey: KeyObject): TicketKey {
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  const canonical = JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x });
  const kid = createHash('sha256').update(canonical).digest('base64url');
  return { kid, publicKey: Buffer.from(x, 'base64url'), privateKey };
}

const HOW = 'an Ed25519 private key, as PKCS#8 PEM (`openssl genpkey -algorithm ed25519`) or as a JWK';

/** Reads a key as whoever runs Berth hands it in. What is said of a bad one never repeats any of it. */
export function parseTicketKey(text: string): ParsedTicketKey {
  const trimmed = text.trim();
  return trimmed.startsWith('{') ? fromJwk(trimmed) : fromPem(trimmed);
}

function fromPem(text: string): ParsedTicketKey {
  const [, label] = /^-----BEGIN ([A-Z0-9 ]+)-----/.exec(text) ?? [];
  if (label === undefined) return invalid(`must be ${HOW}`);
  if (label === 'ENCRYPTED PRIVATE KEY')
    return invalid('is encrypted: give it without a passphrase, `openssl pkey -in …`');
  if (label === 'PUBLIC KEY') return invalid('holds a public key: the private one is needed');
  // Files of variables keep to one line by writing each line end as `\n`.
  return fromKey(() => createPrivateKey({ key: text.replaceAll('\\n', '\n'), format: 'pem' }));
}

function fromJwk(text: string): ParsedTicketKey {
  const jwk = objectIn(text);
  if (jwk === undefined) return invalid('starts like a JWK and is no JSON object');
  const { kty, crv, d, x, alg = 'EdDSA', use = 'sig' } = jwk;
  if (kty !== 'OKP' || crv !== 'Ed25519') return invalid('is no key for Ed25519: `kty` must be OKP and `crv` Ed25519');
  if (typeof d !== 'string') return invalid('holds no `d`: the private key is needed');
  if ((alg !== 'EdDSA' && alg !== 'Ed25519') || use !== 'sig') return invalid('is a key for another use than signing');
  const read = fromKey(() => createPrivateKey({ key: { kty, crv, d, x: String(x) }, format: 'jwk' }));
  if (read.kind === 'invalid' || isPublicHalf(String(x), read.key.privateKey)) return read;
  return invalid('has an `x` that is not the public half of its `d`');
}

function fromKey(read: () => KeyObject): ParsedTicketKey {
  try {
    const key = read();
    if (key.asymmetricKeyType === 'ed25519') return { kind: 'ok', key: ticketKeyOf(key) };
    return invalid(`is a key for ${key.asymmetricKeyType}; must be ${HOW}`);
  } catch {
    // What OpenSSL says could hold a piece of the text.
    return invalid(`cannot be read; must be ${HOW}`);
  }
}

/** By trying it: a JWK only claims what its public half is. */
function isPublicHalf(x: string, privateKey: KeyObject): boolean {
  const probe = Buffer.from('berth');
  try {
    const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    return verify(null, probe, publicKey, sign(null, probe, privateKey));
  } catch {
    return false;
  }
}

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function invalid(message: string): ParsedTicketKey {
  return { kind: 'invalid', message };
}
