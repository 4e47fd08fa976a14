import { EXAMPLES } from '@berth/contract';
import { beforeAll, expect, test } from 'vitest';
import { useApi } from '../support/http-api.js';
import type { Exchange, HttpClient } from '../support/http-client.js';

const api = useApi();
const ROW = EXAMPLES.putCatalogueRow.request as object;
const DRIVER = { kind: 'driver', driver: 'acme_vfio_pci', migration: false, p2p: false, cite: 'acme.c acme_probe()' };
const DEVICE = { vendorDevice: '1d0f:efa0', driver: 'acme-vfio-pci' };
const phases = ['memslot', 'fault'];

/** A VM with memory of a driver that Berth does not know, of which the manifest says nothing. */
const MEMORY = {
  devices: [{ name: 'dpu0', ...DEVICE }],
  memslots: [
    {
      slot: 0,
      gpa: '0x40000000',
      size: '0x200000',
      flags: [],
      mappings: [{ offset: '0x0', size: '0x200000', backing: 'vfio', device: 'dpu0', region: 4 }],
    },
  ],
};
const CAPABLE = {
  cpu: { fwb: true, dic: true },
  kvm: {
    mode: 'vhe',
    capabilities: {
      KVM_CAP_GUEST_MEMFD: { system: 1, vm: 1 },
      KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED: { system: 'EINVAL', vm: 1 },
    },
  },
  devices: [DEVICE],
};

let operator: HttpClient;
let reader: HttpClient;

beforeAll(async () => {
  operator = await api.client('operator');
  reader = await api.client('reader');
  await api.putHost('home', { machineId: 'another', devices: [DEVICE] });
  await api.putHost('there', CAPABLE);
  await api.putVm('vm-1', 'home', MEMORY);
});

const put = (row: string, body: unknown, client = operator, headers = {}) =>
  client.put(`/v1/catalogue/${row}`, body, { headers });
const preflight = (client = reader) => client.post('/v1/preflights', { vm: 'vm-1', target: 'there', phases });
const refused = ({ status, json }: Exchange): string[] => [
  `${status} ${json.code}`,
  ...(json.errors ?? []).map(({ code, pointer }: { code: string; pointer: string }) => `${code} ${pointer}`),
];

test('a row goes its way: new, the same, another, and taken back', async () => {
  const made = await put('mine', ROW);
  expect([made.status, made.headers.get('etag')]).toEqual([201, `"${made.json.revision}"`]);
  expect(made.json).toMatchObject({ row: 'mine', changed: true });
  const again = await put('mine', ROW);
  expect([again.status, again.json]).toEqual([200, { ...made.json, changed: false }]);
  const changed = await put('mine', { ...ROW, memoryTypes: ['normal-nc'] }, operator, {
    'if-match': again.headers.get('etag') ?? '',
  });
  expect([changed.status, changed.json.changed]).toEqual([200, true]);
  const stale = await put('mine', ROW, operator, { 'if-match': `"${made.json.revision}"` });
  expect([stale.status, stale.json.code, stale.json.revision]).toEqual([
    412,
    'REVISION_MISMATCH',
    changed.json.revision,
  ]);
  expect((await operator.delete('/v1/catalogue/mine')).status).toBe(204);
  expect(refused(await operator.delete('/v1/catalogue/mine'))).toEqual(['404 CATALOGUE_ROW_UNKNOWN']);
});

test('the list has what is built in and what was added, and whose it is', async () => {
  const before = (await reader.get('/v1/catalogue')).json;
  expect(before.catalogue).toBeNull();
  expect(before.items.every(({ origin }: { origin: string }) => origin === 'built-in')).toBe(true);
  await put('b-driver', DRIVER);
  const { json: made } = await put('a-memory', ROW);
  const { json } = await reader.get('/v1/catalogue');
  expect(json.catalogue).toMatch(/^sha256:/);
  const added = json.items.slice(before.items.length);
  expect(added).toMatchObject([
    { row: 'a-memory', origin: 'operator', revision: made.revision, ...ROW },
    { row: 'b-driver', origin: 'operator', ...DRIVER },
  ]);
  expect(added.some((item: object) => 'overruled' in item)).toBe(false);
  for (const row of ['a-memory', 'b-driver']) await operator.delete(`/v1/catalogue/${row}`);
  expect((await reader.get('/v1/catalogue')).json).toEqual(before);
});

test('nothing built in is told otherwise, and nothing is told twice', async () => {
  expect(refused(await put('bar', { ...ROW, drivers: ['acme_vfio_pci', 'mlx5-vfio-pci'], regions: [0] }))).toEqual([
    '409 CATALOGUE_ROW_BUILT_IN',
    'BUILT_IN /drivers/1',
  ]);
  expect(refused(await put('plain', { ...DRIVER, driver: 'vfio-pci' }))).toEqual([
    '409 CATALOGUE_ROW_BUILT_IN',
    'BUILT_IN /driver',
  ]);
  for (const named of [await put('vfio-cdx', ROW), await operator.delete('/v1/catalogue/vfio-cdx')])
    expect(refused(named)).toEqual(['409 CATALOGUE_ROW_BUILT_IN', 'BUILT_IN /row']);
  await put('first', ROW);
  expect(refused(await put('second', { ...ROW, regions: 'any' }))).toEqual([
    '409 CATALOGUE_ROW_CLASH',
    'DUPLICATE /drivers/0',
  ]);
  await operator.delete('/v1/catalogue/first');
});

test('all that is wrong with a row is told at once', async () => {
  const { kind: _, ...row } = { ...ROW, kind: 'mapping' };
  expect(refused(await put('wrong', row))).toEqual(['422 INVALID_DOCUMENT', 'TYPE /kind']);
  expect(
    refused(
      await put('wrong', { ...ROW, drivers: [], memoryTypes: ['normal-tagged'], vmFlags: ['pfnmap', 'mixedmap'] }),
    ),
  ).toEqual(['422 INVALID_DOCUMENT', 'TOO_SHORT /drivers', 'ENUM /memoryTypes/0', 'EXCLUSIVE /vmFlags/1']);
  expect(refused(await put('not a name', ROW))).toEqual(['400 BAD_REQUEST', 'FORMAT /row']);
});

test('readers read, operators write', async () => {
  const agent = await api.client('agent', { host: 'home' });
  const orchestrator = await api.client('orchestrator');
  const before = await api.dump();
  expect((await agent.get('/v1/catalogue')).status).toBe(403);
  for (const client of [agent, reader, orchestrator]) {
    expect((await put('mine', ROW, client)).status).toBe(403);
    expect((await client.delete('/v1/catalogue/mine')).status).toBe(403);
  }
  expect(await api.dump()).toBe(before);
});

test('answers say what they were asked under, and their basis only where there is something to say', async () => {
  const before = await preflight();
  expect(before.json.outcome).toBe('indeterminate');
  expect(before.json.basis).not.toHaveProperty('catalogue');
  expect(before.json).not.toHaveProperty('derived');
  await put('mine', ROW);
  const { catalogue } = (await reader.get('/v1/catalogue')).json;
  const after = await preflight();
  expect(after.json).toMatchObject({ outcome: 'compatible', basis: { catalogue } });
  expect(new Set(after.json.derived.map(({ from }: { from: string }) => from))).toEqual(
    new Set(['catalogue mine (added by an operator)']),
  );
  expect((await reader.get(`/v1/preflights/${after.json.id}`)).json).toEqual(after.json);
  await operator.delete('/v1/catalogue/mine');
  const replay = (body: object) => reader.post(`/v1/preflights/${after.json.id}/replay`, body);
  expect((await replay({ catalogue: 'stored' })).json).toMatchObject({
    same: true,
    replayed: { basis: { catalogue } },
  });
  const today = (await replay({})).json;
  expect(today).toMatchObject({
    same: false,
    original: { basis: { catalogue } },
    replayed: { outcome: 'indeterminate' },
  });
  expect(today.replayed.basis).not.toHaveProperty('catalogue');
  expect(refused(await replay({ catalogue: 'tomorrow' }))).toEqual(['422 INVALID_DOCUMENT', 'ENUM /catalogue']);
});

test('documents that are not stored are asked under the rows of the fleet, or under those that come with them', async () => {
  const { manifest, fingerprint } = EXAMPLES.evaluate.request as { manifest: object; fingerprint: object };
  const documents = { manifest: { ...manifest, ...MEMORY }, fingerprint: { ...fingerprint, ...CAPABLE }, phases };
  const evaluate = (more: object = {}) => reader.post('/v1/evaluations', { ...documents, ...more });
  const named = [{ row: 'mine', ...ROW }];
  const brought = (await evaluate({ catalogue: named })).json;
  expect(brought).toMatchObject({ outcome: 'compatible', basis: { catalogue: expect.stringMatching(/^sha256:/) } });
  expect((await evaluate()).json.outcome).toBe('indeterminate');
  await put('mine', ROW);
  expect((await evaluate()).json).toMatchObject({
    outcome: 'compatible',
    basis: brought.basis,
    derived: brought.derived,
  });
  const without = (await evaluate({ catalogue: [] })).json;
  expect(without.outcome).toBe('indeterminate');
  expect(without.basis).not.toHaveProperty('catalogue');
  const { json } = await evaluate({ policies: ['strict', 'kernel'] });
  expect(json.verdicts).toMatchObject([{ basis: brought.basis }, { outcome: 'compatible' }]);
  expect(refused(await evaluate({ catalogue: [{ ...named[0], drivers: ['uio'] }] }))).toEqual([
    '422 INVALID_DOCUMENT',
    'BUILT_IN /catalogue/0/drivers/0',
  ]);
  await operator.delete('/v1/catalogue/mine');
});

test("another fleet's rows are nobody's", async () => {
  const stranger = await api.client('operator', { fleet: 'another' });
  await put('mine', ROW);
  expect((await stranger.get('/v1/catalogue')).json.catalogue).toBeNull();
  expect(refused(await stranger.delete('/v1/catalogue/mine'))).toEqual(['404 CATALOGUE_ROW_UNKNOWN']);
  expect((await put('mine', { ...ROW, regions: [7] }, stranger)).status).toBe(201);
  expect((await reader.get('/v1/catalogue')).json.items.at(-1)).toMatchObject({ row: 'mine', ...ROW });
  await operator.delete('/v1/catalogue/mine');
});
