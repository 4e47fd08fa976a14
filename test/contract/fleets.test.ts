import { EXAMPLE_FINGERPRINT, EXAMPLE_MANIFEST } from '@berth/contract';
import { beforeAll, expect, test } from 'vitest';
import { useApi } from '../support/http-api.js';
import type { Exchange, HttpClient } from '../support/http-client.js';
import { MigrationLab } from '../support/http-migrations.js';

const api = useApi();
let theirs: HttpClient;
let preflight = '';
let sweep = '';
let migration = '';
let key = '';
let webhook = '';

beforeAll(async () => {
  theirs = await api.client('admin', { fleet: 'another' });
  await api.putHost('ours');
  await api.putHost('ours-too');
  await api.putVm('our-vm', 'ours');
  preflight = (await api.admin.post('/v1/preflights', { vm: 'our-vm', target: 'ours-too' })).json.id;
  sweep = (await api.admin.post('/v1/sweeps', { vms: { all: true }, targets: { all: true } })).json.id;
  const lab = new MigrationLab(api);
  await lab.prepare();
  migration = (await lab.bring('verified')).id;
  key = (await api.admin.post('/v1/keys', { role: 'reader' })).json.id;
  webhook = (await api.admin.post('/v1/webhooks', { url: 'https://receiver.example.com' })).json.id;
  await api.admin.post(`/v1/webhooks/${webhook}/test`);
});

const BODIES: Readonly<Record<string, unknown>> = {
  patchWebhook: { description: 'stolen' },
  replayWebhook: { after: '0' },
  sendHeartbeat: { bootId: 'b', digest: `sha256:${'0'.repeat(64)}` },
  patchHost: { state: 'cordoned' },
  patchVm: { labels: { stolen: 'yes' } },
  relocateVm: { host: 'ours-too', reason: 'theft' },
  reportMigration: { side: 'target', outcome: 'landed' },
};

const idIn = (path: string): string => {
  if (path.includes('/sweeps/')) return sweep;
  return path.includes('/migrations/') ? migration : preflight;
};

const told = ({ status, text, headers }: Exchange): unknown => [
  status,
  text,
  headers.get('etag'),
  headers.get('location'),
];

test('what belongs to another fleet is answered like what nobody has', async () => {
  const before = await api.dump();
  const named: Readonly<Record<string, readonly [string, string]>> = {
    host: ['ours', 'nobody'],
    vm: ['our-vm', 'nobody'],
    id: [preflight, '0199a3c4-5d1e-7c3a-9b1f-2a6f0c8d4e11'],
    key: [key, '0123456789abcdef'],
    webhook: [webhook, '0199a3c4-5d1e-7c3a-9b1f-2a6f0c8d4e11'],
  };
  const asked = api.validator.operations.filter(
    ({ path, operationId }) => /\{(?:host|vm|id|key|webhook)\}/.test(path) && !operationId.startsWith('put'),
  );
  expect(asked.length).toBeGreaterThan(15);
  for (const { operationId, method, path } of asked) {
    const target = (at: 0 | 1): string =>
      path.replaceAll(/\{([a-z]+)\}/g, (_, name: string) =>
        name === 'id' && at === 0 ? idIn(path) : (named[name]?.[at] ?? '1'),
      );
    const body = BODIES[operationId];
    const options = body === undefined ? {} : { body };
    const [real, unknown] = [
      await theirs.call(method, target(0), options),
      await theirs.call(method, target(1), options),
    ];
    expect(real.status, operationId).toBe(404);
    expect(told(real), operationId).toEqual(told(unknown));
  }
  expect(await api.dump()).toBe(before);
});

test('lists, questions and sweeps know only their own fleet', async () => {
  for (const path of ['/v1/hosts', '/v1/vms', '/v1/events', '/v1/webhooks'])
    expect((await theirs.get(path)).json.items).toEqual([]);
  expect((await theirs.get('/v1/keys')).json.items.map((item: { id: string }) => item.id)).not.toContain(key);
  expect((await theirs.post('/v1/preflights', { vm: 'our-vm', target: 'ours' })).json.errors[0].pointer).toBe('/vm');
  expect((await theirs.post('/v1/sweeps', { vms: { names: ['our-vm'] }, targets: { all: true } })).json.code).toBe(
    'NAME_UNKNOWN',
  );
  expect((await theirs.post('/v1/sweeps', { vms: { all: true }, targets: { all: true } })).json.code).toBe(
    'SELECTOR_EMPTY',
  );
});

test('two fleets use the same names for different things', async () => {
  const facts = { ...EXAMPLE_FINGERPRINT, machineId: 'another machine', collectedAt: '2026-11-20T07:00:00Z' };
  expect((await theirs.put('/v1/hosts/ours/fingerprint', facts)).status).toBe(201);
  expect((await theirs.put('/v1/vms/our-vm/manifest', { ...EXAMPLE_MANIFEST, host: 'elsewhere' })).status).toBe(201);
  expect((await api.admin.get('/v1/hosts/ours')).json.machineId).toBe(EXAMPLE_FINGERPRINT['machineId']);
  expect((await api.admin.get('/v1/vms/our-vm')).json.host).toBe('ours');
  const cursor = (await api.admin.get('/v1/hosts?limit=3')).json.nextCursor;
  expect((await theirs.get(`/v1/hosts?cursor=${cursor}`)).json.items).toEqual([]);
});
