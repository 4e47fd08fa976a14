import { EXAMPLE_FINGERPRINT, EXAMPLES } from '@berth/contract';
import { beforeAll, expect, test } from 'vitest';
import { useApi } from '../support/http-api.js';
import type { Exchange } from '../support/http-client.js';

const api = useApi();
const phases = ['vm', 'memslot', 'fault'];
let id = '';

const replay = (body?: unknown): Promise<Exchange> => api.admin.post(`/v1/preflights/${id}/replay`, body);
const faults = ({ status, json }: Exchange): string[] => [
  `${status} ${json.code}`,
  ...json.errors.map(({ code, pointer }: { code: string; pointer: string }) => `${code} ${pointer}`),
];
/** What must be otherwise for the example's GPU memory to be taken. */
const { overrides } = EXAMPLES.replayPreflight.request as { overrides: { fingerprint: object } };

beforeAll(async () => {
  await api.putHost('no');
  await api.putHost('home', { machineId: 'another' });
  await api.putVm('vm-1', 'home');
  id = (await api.admin.post('/v1/preflights', { vm: 'vm-1', target: 'no', phases })).json.id;
});

test('no body, or one that says nothing, asks the same again', async () => {
  const { json } = await replay();
  expect(json).toMatchObject({ id, same: true, differences: [] });
  expect(json.replayed).toEqual(json.original);
  expect((await replay({})).json).toEqual(json);
  expect((await replay({ overrides: {} })).json).toEqual(json);
  const typed = { headers: { 'content-type': 'application/json' } };
  expect((await api.admin.post(`/v1/preflights/${id}/replay`, undefined, typed)).json).toEqual(json);
});

test('another policy is another question, and no hypothesis', async () => {
  const { json } = await replay({ policy: 'kernel', phases: ['vm'] });
  expect(json).toMatchObject({ same: false, replayed: { basis: { policy: 'kernel' }, phases: ['vm'] } });
  expect(json.replayed).not.toHaveProperty('hypothetical');
  expect(json.differences.map(({ change }: { change: string }) => change)).toEqual(
    json.original.findings.map(() => 'gone'),
  );
});

test('other facts give another answer, finding by finding, and leave nothing behind', async () => {
  const before = await api.dump();
  const { status, json } = await replay({ overrides });
  expect(status).toBe(200);
  expect(json.original).toMatchObject({ outcome: 'incompatible' });
  expect(json.replayed).toMatchObject({
    outcome: 'compatible',
    hypothetical: true,
    basis: { vm: 'vm-1', vmRevision: 1, host: 'no', hostRevision: null, manifest: json.original.basis.manifest },
  });
  expect(json.replayed.basis.fingerprint).not.toBe(json.original.basis.fingerprint);
  const example = JSON.parse(JSON.stringify(EXAMPLES.replayPreflight.response));
  expect([json.same, json.differences]).toEqual([example.same, example.differences]);
  expect(json.replayed.basis.fingerprint).toBe(example.replayed.basis.fingerprint);
  expect(await api.dump()).toBe(before);
  expect((await api.admin.get(`/v1/preflights/${id}`)).json).toMatchObject({ outcome: 'incompatible' });
});

test('a fact that is forgotten makes doubt, and the finding says what it was', async () => {
  const { json } = await replay({
    overrides: {
      fingerprint: { '/cpu': null, '/kvm/capabilities/KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED/vm': null },
    },
  });
  expect(json.replayed).toMatchObject({ outcome: 'indeterminate', hypothetical: true });
  expect(json.differences).toMatchObject([
    {
      change: 'changed',
      finding: { check: 'cacheable-pfnmap', slot: 7, severity: 'unknown' },
      was: { check: 'cacheable-pfnmap', slot: 7, severity: 'reject' },
    },
    { change: 'new', finding: { check: 'cacheable-pfnmap-fault', slot: 7, severity: 'unknown' } },
  ]);
});

test('the VM may be otherwise too, and run elsewhere', async () => {
  const weaker = await replay({ overrides: { manifest: { '/memslots/1': null } } });
  expect(weaker.json).toMatchObject({
    replayed: { outcome: 'compatible', basis: { vmRevision: null, hostRevision: 1 } },
  });
  const there = await replay({ phases: ['policy'], overrides: { manifest: { '/host': 'no' } } });
  expect(there.json.replayed.wouldFail).toMatchObject({ reason: 'SAME_HOST' });
});

test('a pointer that leads nowhere, and a document that none may be, are faults with their pointer', async () => {
  expect(faults(await replay({ overrides: { fingerprint: { '/cpu/fbw': null, '/arch/x': 1 } } }))).toEqual([
    '422 INVALID_DOCUMENT',
    'NOT_THERE /overrides/fingerprint/~1cpu~1fbw',
    'NOT_THERE /overrides/fingerprint/~1arch~1x',
  ]);
  expect(
    faults(await replay({ overrides: { fingerprint: { '/cpu/fwb': 'no' }, manifest: { '/vm/mte': 1 } } })),
  ).toEqual(['422 INVALID_DOCUMENT', 'TYPE /overrides/manifest/~1vm~1mte', 'TYPE /overrides/fingerprint/~1cpu~1fwb']);
  expect(faults(await replay({ overrides: { host: {} }, policy: 'lenient' }))).toEqual([
    '422 INVALID_DOCUMENT',
    'ENUM /policy',
    'UNKNOWN_FIELD /overrides/host',
  ]);
  expect((await replay('{"policy":')).json.code).toBe('INVALID_JSON');
});

test('another fleet has no such preflight, whatever it overrides', async () => {
  const stranger = await api.client('admin', { fleet: 'strangers' });
  const answer = await stranger.post(`/v1/preflights/${id}/replay`, { overrides: { fingerprint: { '/x': null } } });
  expect([answer.status, answer.json.code]).toEqual([404, 'PREFLIGHT_UNKNOWN']);
});

test('what was learned since does not change what is replayed', async () => {
  await api.putHost('no', { ...EXAMPLE_FINGERPRINT, cpu: { fwb: true, dic: true } });
  expect((await replay()).json).toMatchObject({ same: true });
});
