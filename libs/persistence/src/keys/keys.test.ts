import { Keys } from '@berth/application';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openFleet, type TestFleet } from '../../../../test/support/fleet.js';

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await openFleet();
});
afterAll(() => fleet?.close());

test('a key opens as whom it was issued to, and its secret is nowhere', async () => {
  const issued = await fleet.keys.issue(fleet.operator, { role: 'agent', host: 'constructor', label: 'rack 1' });
  expect(issued.key).toMatch(/^berth_[0-9a-f]{16}_[0-9a-f]{72}$/);
  expect(await fleet.keys.authenticate(issued.key)).toEqual({
    fleet: 'default',
    keyId: issued.id,
    role: 'agent',
    host: 'constructor',
  });
  const rows = await fleet.database.pool.query('SELECT api_key::text AS key, audit::text AS audit FROM api_key, audit');
  expect(JSON.stringify(rows.rows)).not.toContain(issued.key.slice(-72));
});

test('any other key does not, and what is no key costs no query', async () => {
  const { key, id } = await fleet.keys.issue(fleet.operator, { role: 'reader' });
  const other = await fleet.keys.issue(fleet.operator, { role: 'reader' });
  const mixed = `berth_${id}_${other.key.slice(-72)}`;
  const flipped = `${key.slice(0, -9)}${key.at(-9) === '0' ? '1' : '0'}${key.slice(-8)}`;
  for (const wrong of ['', 'berth', mixed, flipped, key.toUpperCase(), `${key} `, `x${key}`]) {
    expect(await fleet.keys.authenticate(wrong)).toBeUndefined();
  }
  const blind = new Keys(fleet.database.work, {
    findLive: () => Promise.reject(new Error('asked')),
    page: () => Promise.reject(new Error('asked')),
  });
  expect(await blind.authenticate(flipped)).toBeUndefined();
  await expect(blind.authenticate(key)).rejects.toThrow('asked');
});

test('a revoked key is refused at once where it was revoked', async () => {
  const { key, id } = await fleet.keys.issue(fleet.operator, { role: 'operator' });
  expect(await fleet.keys.authenticate(key)).toMatchObject({ role: 'operator' });
  expect(await fleet.keys.revoke(fleet.stranger, id)).toEqual({ kind: 'key-unknown', id });
  expect(await fleet.keys.revoke(fleet.operator, id)).toEqual({ kind: 'revoked' });
  expect(await fleet.keys.authenticate(key)).toBeUndefined();
  expect(await fleet.keys.revoke(fleet.operator, id)).toEqual({ kind: 'key-unknown', id });
  const listed = await fleet.keys.list(fleet.operator, { limit: 1000 });
  expect(listed).toMatchObject({
    kind: 'listed',
    items: expect.arrayContaining([expect.objectContaining({ id, revokedAt: expect.any(Date) })]),
  });
});

test('the admin key is kept while it is good', async () => {
  const first = await fleet.keys.ensureAdminKey();
  expect(await fleet.keys.ensureAdminKey(first)).toBe(first);
  expect(await fleet.keys.ensureAdminKey('berth_what_ever')).not.toBe(first);
  const caller = await fleet.keys.authenticate(first);
  expect(caller).toMatchObject({ fleet: 'default', role: 'admin' });
});
