import { generateKeyPairSync } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';
import { describe, expect, it } from 'vitest';
import { newTicketKey, parseTicketKey, ticketKeyOf } from './ticket-key.js';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const key = ticketKeyOf(privateKey);
const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
const jwk = privateKey.export({ format: 'jwk' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

const messageOf = (text: string): string => {
  const parsed = parseTicketKey(text);
  return parsed.kind === 'ok' ? 'taken' : parsed.message;
};
const json = (value: object): string => JSON.stringify(value);

describe('a ticket key', () => {
  it('is named by the thumbprint of its public half', async () => {
    expect(key.kid).toBe(await calculateJwkThumbprint(publicKey.export({ format: 'jwk' })));
    expect(Buffer.from(key.publicKey).toString('base64url')).toBe(jwk.x);
    expect(newTicketKey().kid).not.toBe(newTicketKey().kid);
  });

  it('prints nothing secret of itself', () => {
    expect(JSON.stringify(key)).not.toContain(jwk.d);
    expect(`${json(key)} ${String(key.privateKey)}`).not.toContain(pem.split('\n')[1]);
  });

  it.each([
    ['PEM', pem],
    ['PEM without its last line end', pem.trimEnd()],
    ['PEM on one line', pem.replaceAll('\n', '\\n')],
    ['PEM as Windows ends lines', pem.replaceAll('\n', '\r\n')],
    ['a JWK', json(jwk)],
    ['a JWK that names itself', json({ ...jwk, kid: 'mine', alg: 'EdDSA', use: 'sig' })],
  ])('is read from %s', (_, text) => {
    expect(parseTicketKey(text)).toMatchObject({ kind: 'ok', key: { kid: key.kid, publicKey: key.publicKey } });
  });

  it.each([
    ['nothing', ' ', 'must be an Ed25519 private key'],
    ['a file name', '/etc/berth/key.pem', 'must be an Ed25519 private key'],
    ['a public key', publicKey.export({ format: 'pem', type: 'spki' }).toString(), 'holds a public key'],
    ['RSA', rsa.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(), 'is a key for rsa'],
    ['RSA as PKCS#1', rsa.privateKey.export({ format: 'pem', type: 'pkcs1' }).toString(), 'is a key for rsa'],
    [
      'an encrypted key',
      privateKey.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'x' }).toString(),
      'is encrypted',
    ],
    ['half a key', pem.slice(0, 60), 'cannot be read'],
    ['a certificate', pem.replaceAll('PRIVATE KEY', 'CERTIFICATE'), 'cannot be read'],
    ['half a JWK', json(jwk).slice(0, 40), 'no JSON object'],
    ['a public JWK', json(publicKey.export({ format: 'jwk' })), 'holds no `d`'],
    ['a JWK of RSA', json(rsa.privateKey.export({ format: 'jwk' })), 'is no key for Ed25519'],
    ['a JWK for X25519', json(generateKeyPairSync('x25519').privateKey.export({ format: 'jwk' })), 'is no key for'],
    ['a JWK for encryption', json({ ...jwk, use: 'enc' }), 'another use'],
    ['a JWK with a short secret', json({ ...jwk, d: jwk.d?.slice(2) }), 'cannot be read'],
    ['a JWK with the public half of another', json({ ...jwk, x: newTicketKeyX() }), 'not the public half'],
    ['a JWK without its public half', json({ kty: 'OKP', crv: 'Ed25519', d: jwk.d }), 'not the public half'],
  ])('is not read from %s, and the refusal repeats nothing', (_, text, message) => {
    expect(messageOf(text)).toContain(message);
    for (const secret of [jwk.d, pem.split('\n')[1], '/etc/berth']) expect(messageOf(text)).not.toContain(secret);
  });
});

function newTicketKeyX(): string {
  return Buffer.from(newTicketKey().publicKey).toString('base64url');
}
