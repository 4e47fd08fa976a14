import { createPublicKey } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';
import { expect, test } from 'vitest';
import { useApi } from '../support/http-api.js';
import type { HttpClient } from '../support/http-client.js';

const api = useApi();
const ROTATE = '/v1/ticket-keys:rotate';

interface Jwk {
  readonly kid: string;
  readonly [member: string]: string;
}
async function published(): Promise<readonly Jwk[]> {
  return (await api.admin.as(undefined).get('/.well-known/jwks.json')).json.keys;
}
const kids = async (): Promise<string[]> => (await published()).map(({ kid }) => kid);
async function rotate(client: HttpClient, body?: object): Promise<{ signing: string; next: string; verifying: Jwk[] }> {
  const answer = await client.post(ROTATE, body);
  expect(answer.status).toBe(200);
  return answer.json;
}

test('the key set is for everybody, for a minute, and holds public keys only', async () => {
  const answer = await api.admin.as(undefined).get('/.well-known/jwks.json');
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'public, max-age=60']);
  expect(answer.json.keys).toHaveLength(2);
  for (const key of await published()) {
    expect(key).toEqual({ kty: 'OKP', crv: 'Ed25519', x: key['x'], kid: key.kid, use: 'sig', alg: 'EdDSA' });
    expect(createPublicKey({ key: key as never, format: 'jwk' }).asymmetricKeyType).toBe('ed25519');
    expect(await calculateJwkThumbprint(key as never)).toBe(key.kid);
  }
});

test('a rotation takes the key that was published ahead, and keeps the one before it', async () => {
  const before = await kids();
  const first = await rotate(api.admin);
  const second = await rotate(api.admin, {});
  expect(before).toContain(first.signing);
  expect(second.signing).toBe(first.next);
  expect(second.verifying.map(({ kid }) => kid)).toContain(first.signing);
  expect((await kids()).sort()).toEqual([...new Set([...before, second.signing, second.next])].sort());
  for (const { until } of second.verifying) expect(Date.parse(until ?? '')).toBeGreaterThan(Date.now() + 86_000_000);
});

test('one that is told to leave nothing leaves nothing', async () => {
  const before = await kids();
  const { signing, next, verifying } = await rotate(api.admin, { immediately: true });
  expect(verifying).toEqual([]);
  expect((await kids()).sort()).toEqual([signing, next].sort());
  for (const kid of [signing, next]) expect(before).not.toContain(kid);
});

test('is the admin of a fleet alone who turns its keys, and no other fleet hears of it', async () => {
  const ours = await kids();
  for (const role of ['reader', 'orchestrator', 'operator'] as const)
    expect((await (await api.client(role)).post(ROTATE)).json.code).toBe('FORBIDDEN');
  expect((await api.admin.as(undefined).post(ROTATE)).status).toBe(401);
  const stranger = await api.client('admin', { fleet: 'other' });
  const theirs = await rotate(stranger, { immediately: true });
  expect((await kids()).sort()).toEqual([...ours, theirs.signing, theirs.next].sort());
  const rows = await api.query<{ fleet: string }>(
    `SELECT fleet FROM audit WHERE action = 'ticket-key.rotate' AND subject = '${theirs.signing}'`,
  );
  expect(rows).toEqual([{ fleet: 'other' }]);
});

test('is told what is wrong with its body, and which verb its path knows', async () => {
  const wrong = await api.admin.post(ROTATE, { immediately: 'yes', at: 'once' });
  expect([wrong.status, wrong.json.errors.map(({ pointer }: { pointer: string }) => pointer).sort()]).toEqual([
    422,
    ['/at', '/immediately'],
  ]);
  const get = await api.admin.get(ROTATE);
  expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
  expect((await api.admin.post('/v1/ticket-keysrotate')).status).toBe(404);
});
