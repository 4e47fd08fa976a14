import { EXAMPLE_FINGERPRINT } from '@berth/contract';
import { expect, test } from 'vitest';
import { useApi } from '../support/http-api.js';

const api = useApi();
const at = (collectedAt: string, more: object = {}): object => ({ ...EXAMPLE_FINGERPRINT, collectedAt, ...more });

test('a host is registered, seen again and changed', async () => {
  const { admin } = api;
  const first = await admin.put('/v1/hosts/gh-1/fingerprint', at('2026-11-20T07:00:00Z'));
  expect(first.status).toBe(201);
  expect(first.headers.get('etag')).toBe('"1"');
  expect(first.json).toMatchObject({ host: 'gh-1', revision: 1, changed: true, warnings: [] });

  const again = await admin.put('/v1/hosts/gh-1/fingerprint', at('2026-11-20T07:00:01Z'));
  expect([again.status, again.json.changed, again.json.revision, again.json.digest]).toEqual([
    200,
    false,
    1,
    first.json.digest,
  ]);

  const changed = await admin.put('/v1/hosts/gh-1/fingerprint', at('2026-11-20T07:00:02Z', { cca: { rmm: '1.0' } }));
  expect([changed.status, changed.json.changed, changed.json.revision]).toEqual([200, true, 2]);
  expect(changed.headers.get('etag')).toBe('"2"');

  const got = await admin.get('/v1/hosts/gh-1');
  expect(got.headers.get('etag')).toBe('"2"');
  expect(got.json).toMatchObject({
    host: 'gh-1',
    state: 'active',
    freshness: 'fresh',
    revision: 2,
    generation: 'protected-guest',
  });
  expect(got.json.capabilities).toMatchObject({ fwb: false, dic: false, idc: true, mte: null });
  expect(got.json.fingerprint).toEqual(at('2026-11-20T07:00:02Z', { cca: { rmm: '1.0' } }));

  const revisions = await admin.get('/v1/hosts/gh-1/revisions?limit=1');
  expect(revisions.json.items.map((item: { revision: number }) => item.revision)).toEqual([2]);
  const older = await admin.get(`/v1/hosts/gh-1/revisions?limit=1&cursor=${revisions.json.nextCursor}`);
  expect(older.json).toMatchObject({ items: [{ revision: 1, digest: first.json.digest }] });
  expect('nextCursor' in older.json).toBe(false);

  const diff = await admin.get('/v1/hosts/gh-1/revisions/1/diff/2');
  expect(diff.json.differences).toEqual([{ pointer: '/cca', after: { rmm: '1.0' } }]);
  expect((await admin.get('/v1/hosts/gh-1/revisions/1/diff/9')).json.code).toBe('REVISION_UNKNOWN');
});

test('an observation that is older, or as old with other facts, is stale', async () => {
  const { admin } = api;
  await admin.put('/v1/hosts/gh-2/fingerprint', at('2026-11-20T07:00:10Z'));
  for (const body of [at('2026-11-20T07:00:09Z'), at('2026-11-20T07:00:10Z', { cca: { rmm: '1.0' } })]) {
    const stale = await admin.put('/v1/hosts/gh-2/fingerprint', body);
    expect([stale.status, stale.json.code, stale.json.storedCollectedAt]).toEqual([
      409,
      'STALE_OBSERVATION',
      '2026-11-20T07:00:10.000Z',
    ]);
    expect(stale.json.errors[0].pointer).toBe('/collectedAt');
  }
});

test('an observation from the future is refused', async () => {
  const ahead = await api.admin.put('/v1/hosts/gh-3/fingerprint', at(new Date(Date.now() + 6 * 60_000).toISOString()));
  expect([ahead.status, ahead.json.code, ahead.json.errors[0].pointer]).toEqual([422, 'CLOCK_AHEAD', '/collectedAt']);
  expect((await api.admin.get('/v1/hosts/gh-3')).json.code).toBe('HOST_UNKNOWN');
});

test('another machine takes a name only when an operator agrees', async () => {
  const { admin } = api;
  await admin.put('/v1/hosts/gh-4/fingerprint', at('2026-11-20T07:00:00Z'));
  const other = at('2026-11-20T07:00:01Z', { machineId: 'another' });
  const refused = await admin.put('/v1/hosts/gh-4/fingerprint', other);
  expect([refused.status, refused.json.code, refused.json.machineId]).toEqual([
    409,
    'MACHINE_CHANGED',
    EXAMPLE_FINGERPRINT['machineId'],
  ]);
  expect((await admin.patch('/v1/hosts/gh-4', { machineId: 'another' })).status).toBe(200);
  expect((await admin.put('/v1/hosts/gh-4/fingerprint', other)).status).toBe(200);
});

test('a write quotes the revision it has read', async () => {
  const { admin } = api;
  const headers = (revision: string): { headers: Record<string, string> } => ({ headers: { 'if-match': revision } });
  const early = await admin.put('/v1/hosts/gh-5/fingerprint', at('2026-11-20T07:00:00Z'), headers('"1"'));
  expect([early.status, early.json.code, early.json.revision]).toEqual([412, 'REVISION_MISMATCH', 0]);
  expect((await admin.put('/v1/hosts/gh-5/fingerprint', at('2026-11-20T07:00:00Z'), headers('"0"'))).status).toBe(201);
  expect((await admin.put('/v1/hosts/gh-5/fingerprint', at('2026-11-20T07:00:01Z'), headers('"1"'))).status).toBe(200);
  expect((await admin.patch('/v1/hosts/gh-5', { state: 'cordoned' }, headers('"2"'))).status).toBe(412);
  for (const bad of ['1', '*', 'W/"1"', '"1", "2"', '"x"']) {
    const answer = await admin.put('/v1/hosts/gh-5/fingerprint', at('2026-11-20T07:00:02Z'), headers(bad));
    expect([answer.status, answer.json.errors[0].parameter]).toEqual([400, 'If-Match']);
  }
});

test('labels and state are merged in', async () => {
  const { admin } = api;
  await admin.put('/v1/hosts/gh-6/fingerprint', at('2026-11-20T07:00:00Z'));
  const labelled = await admin.patch('/v1/hosts/gh-6', {
    labels: { rack: 'r1', constructor: 'c' },
    state: 'maintenance',
  });
  expect(labelled.json).toMatchObject({ labels: { rack: 'r1', constructor: 'c' }, state: 'maintenance', revision: 1 });
  const merged = await admin.patch(
    '/v1/hosts/gh-6',
    { labels: { rack: null, zone: 'z' } },
    { headers: { 'content-type': 'application/merge-patch+json' } },
  );
  expect(merged.json.labels).toEqual({ constructor: 'c', zone: 'z' });
  expect((await admin.get('/v1/hosts?label=zone:z&state=maintenance')).json.items).toHaveLength(1);
  expect((await admin.get('/v1/hosts?label=zone:z&label=constructor:x')).json.items).toHaveLength(0);
  expect((await admin.patch('/v1/hosts/nobody', { state: 'active' })).json.code).toBe('HOST_UNKNOWN');
});

test('lists go page by page and filter by what is known', async () => {
  const { admin } = api;
  for (const name of ['p-1', 'p-2', 'p-3']) {
    await admin.put(
      `/v1/hosts/${name}/fingerprint`,
      at('2026-11-20T07:00:00Z', name === 'p-2' ? { cpu: { midr: ['0x414fd0c1'] }, kvm: {} } : {}),
    );
    await admin.patch(`/v1/hosts/${name}`, { labels: { page: 'p' } });
  }
  const names: string[] = [];
  let path = '/v1/hosts?label=page:p&limit=2';
  for (let pages = 0; pages < 3; pages += 1) {
    const page = await admin.get(path);
    names.push(...page.json.items.map((item: { host: string }) => item.host));
    if (page.json.nextCursor === undefined) break;
    path = `/v1/hosts?label=page:p&limit=2&cursor=${page.json.nextCursor}`;
  }
  expect(names).toEqual(['p-1', 'p-2', 'p-3']);
  const having = async (query: string): Promise<string[]> =>
    (await admin.get(`/v1/hosts?label=page:p&${query}`)).json.items.map((item: { host: string }) => item.host);
  expect(await having('requires=idc,guest-memfd')).toEqual(['p-1', 'p-3']);
  expect(await having('requires=in:fwb,idc')).toEqual(['p-1', 'p-3']);
  expect(await having('requires=fwb')).toEqual([]);
  expect(await having('forbids=fwb')).toEqual(['p-1', 'p-3']);
  expect((await admin.get('/v1/vms?cursor=eyJsIjoiaG9zdHMiLCJrIjoicC0xIn0')).json.code).toBe('CURSOR_INVALID');
});

test('a heartbeat tells whether the facts have to be sent again', async () => {
  const { admin } = api;
  const { digest } = (await admin.put('/v1/hosts/gh-7/fingerprint', at('2026-11-20T07:00:00Z'))).json;
  const bootId = EXAMPLE_FINGERPRINT['bootId'];
  expect((await admin.post('/v1/hosts/gh-7/heartbeat', { bootId, digest })).json).toEqual({
    resend: false,
    nextHeartbeatSeconds: 20,
  });
  expect((await admin.post('/v1/hosts/gh-7/heartbeat', { bootId: 'another', digest })).json.resend).toBe(true);
  expect((await admin.get('/v1/hosts/gh-7')).json.freshness).toBe('rebooted');
  expect((await admin.post('/v1/hosts/nobody/heartbeat', { bootId, digest })).json.code).toBe('HOST_UNKNOWN');
});

test('a host in use is not forgotten', async () => {
  const { admin } = api;
  await admin.put('/v1/hosts/gh-8/fingerprint', at('2026-11-20T07:00:00Z'));
  await api.putVm('vm-on-8', 'gh-8');
  expect((await admin.delete('/v1/hosts/gh-8')).json.code).toBe('HOST_IN_USE');
  expect((await admin.delete('/v1/vms/vm-on-8')).status).toBe(204);
  expect((await admin.delete('/v1/hosts/gh-8')).status).toBe(204);
  expect((await admin.delete('/v1/hosts/gh-8')).json.code).toBe('HOST_UNKNOWN');
});

test('contradicting facts are warnings; a kernel older than the rulebook is refused', async () => {
  const { admin } = api;
  const impossible = at('2026-11-20T07:00:00Z', {
    kvm: {
      ...(EXAMPLE_FINGERPRINT['kvm'] as object),
      capabilities: { KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED: { system: 'EINVAL', vm: 1 } },
    },
  });
  const warned = await admin.put('/v1/hosts/gh-9/fingerprint', impossible);
  expect(warned.status).toBe(201);
  expect(warned.json.warnings.length).toBeGreaterThan(0);
  const old = await admin.put(
    '/v1/hosts/gh-10/fingerprint',
    at('2026-11-20T07:00:00Z', { kernel: { release: '5.4.0', pageSize: 4096 }, kvm: {} }),
  );
  expect([old.status, old.json.code, old.json.errors[0].pointer]).toEqual([422, 'KERNEL_TOO_OLD', '/kernel/release']);
});

test('all faults of a document are named at once', async () => {
  const faulty = {
    schema: 'berth.fingerprint/1',
    collectedAt: 'now',
    machineId: 7,
    bootId: 'b',
    cpu: { midr: ['410fd490'], fwb: 'yes' },
    surprise: 1,
  };
  const answer = await api.admin.put('/v1/hosts/gh-11/fingerprint', faulty);
  expect([answer.status, answer.json.code]).toEqual([422, 'INVALID_DOCUMENT']);
  const pointers = answer.json.errors.map((error: { pointer: string }) => error.pointer).sort();
  expect(pointers).toEqual(['/collectedAt', '/cpu/fwb', '/cpu/midr/0', '/machineId', '/surprise']);
});
