import { expect, test } from 'vitest';
import { useApi } from '../support/http-api.js';

const api = useApi();

test('a key is shown once, works, is listed without its secret and is revoked', async () => {
  const { admin } = api;
  const issued = await admin.post('/v1/keys', { role: 'reader', label: 'dashboards' });
  expect([issued.status, issued.headers.get('cache-control')]).toEqual([201, 'no-store']);
  expect(issued.json).toMatchObject({ role: 'reader', host: null, label: 'dashboards' });
  const { id, key } = issued.json;
  expect(key).toMatch(new RegExp(`^berth_${id}_[0-9a-f]+$`));
  const reader = admin.as(key);
  expect((await reader.get('/v1/hosts')).status).toBe(200);

  const listed = await admin.get('/v1/keys?limit=1000');
  expect(listed.json.items.find((item: { id: string }) => item.id === id)).toMatchObject({
    role: 'reader',
    label: 'dashboards',
    revokedAt: null,
  });
  expect(listed.text).not.toContain(key.split('_')[2]);

  expect((await admin.delete(`/v1/keys/${id}`)).status).toBe(204);
  const refused = await reader.get('/v1/hosts');
  expect([refused.status, refused.json.code, refused.headers.get('www-authenticate')]).toEqual([
    401,
    'UNAUTHENTICATED',
    'Bearer realm="berth"',
  ]);
  expect((await admin.delete('/v1/keys/constructor')).json.code).toBe('KEY_UNKNOWN');
});

test('an agent key speaks for one host, and for nothing else', async () => {
  const { admin } = api;
  for (const [body, pointer] of [
    [{ role: 'agent' }, '/host'],
    [{ role: 'reader', host: 'gh-1' }, '/host'],
    [{ role: 'root' }, '/role'],
  ] as const) {
    const refused = await admin.post('/v1/keys', body);
    expect([refused.status, refused.json.errors[0].pointer]).toEqual([422, pointer]);
  }
  const agent = await api.client('agent', { host: 'gh-1' });
  await api.putHost('gh-1', {}, agent);
  const other = await agent.put('/v1/hosts/gh-2/fingerprint', {});
  expect([other.status, other.json.code]).toEqual([403, 'HOST_FORBIDDEN']);
  expect((await agent.get('/v1/hosts/gh-1')).json.code).toBe('FORBIDDEN');
});

test('a key is told in no other way than as a bearer', async () => {
  const { admin } = api;
  for (const authorization of [
    '',
    'Bearer',
    `Basic ${Buffer.from(`x:${admin.key}`).toString('base64')}`,
    `bearer  ${admin.key}`,
    `${admin.key}`,
  ]) {
    expect((await admin.get('/v1/hosts', { key: undefined, headers: { authorization } })).json.code).toBe(
      'UNAUTHENTICATED',
    );
  }
  expect(
    (await admin.get('/v1/hosts', { key: undefined, headers: { authorization: `bearer ${admin.key}` } })).status,
  ).toBe(200);
});
