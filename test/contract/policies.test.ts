import { EXAMPLE_FINGERPRINT, EXAMPLE_MANIFEST, EXAMPLES } from '@berth/contract';
import { POLICIES, POLICY_CARDS } from '@berth/engine';
import { beforeAll, expect, test } from 'vitest';
import { useApi } from '../support/http-api.js';

const api = useApi();
const phases = ['vm', 'memslot', 'fault'];
/** GPU memory, and a host that has neither FWB nor DIC. */
const documents = { manifest: EXAMPLE_MANIFEST, fingerprint: EXAMPLE_FINGERPRINT, phases };

beforeAll(async () => {
  await api.putHost('no');
  await api.putHost('home');
  await api.putVm('vm-1', 'home');
});

test('the policies are listed, those of kernels first, as the engine has them', async () => {
  const { status, json } = await api.admin.get('/v1/policies');
  expect(status).toBe(200);
  expect(json.items).toEqual(JSON.parse(JSON.stringify(Object.values(POLICY_CARDS))));
  expect(json.items.map(({ id }: { id: string }) => id)).toEqual(POLICIES);
});

test('an evaluation under a proposal says that it is hypothetical, and what it assumed', async () => {
  const ask = async (body: object) => (await api.admin.post('/v1/evaluations', { ...documents, ...body })).json;
  expect(await ask({ policy: 'proposal:flag-marc' })).toMatchObject({
    outcome: 'compatible',
    hypothetical: true,
    assumed: { cacheableFlag: false },
    basis: { policy: 'proposal:flag-marc' },
  });
  expect(await ask({ policy: 'proposal:flag-marc', proposal: { cacheableFlag: true } })).toMatchObject({
    outcome: 'incompatible',
    assumed: { cacheableFlag: true },
  });
  expect(await ask({ policy: 'proposal:fallback' })).toMatchObject({
    outcome: 'incompatible',
    wouldFail: { reason: 'PROPOSAL_ADMITS_HAZARD', failure: 'silent', errno: null },
  });
  expect(await ask({ policy: 'strict' })).not.toHaveProperty('hypothetical');
});

test('policies are put side by side, in the order asked, each beside what `strict` says', async () => {
  const { compared } = EXAMPLES.evaluate.others ?? {};
  const { status, json } = await api.admin.post('/v1/evaluations', compared?.request);
  expect(status).toBe(200);
  const example = JSON.parse(JSON.stringify(compared?.response));
  expect(json.differences).toEqual(example.differences);
  expect(json.verdicts.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['incompatible', 'incompatible']);
  expect(json.differences).toMatchObject([
    {
      policy: 'proposal:fallback',
      letsThrough: [{ check: 'cacheable-pfnmap', slot: 7, errno: 'EINVAL', hazards: ['H2'] }],
      refuses: [{ check: 'proposal-admits-hazard', failure: 'silent' }],
    },
  ]);
  const all = await api.admin.post('/v1/evaluations', { ...documents, policies: POLICIES });
  expect(all.json.verdicts).toHaveLength(POLICIES.length);
  expect(all.json.differences).toHaveLength(POLICIES.length - 1);
});

test('a question has a policy or policies, not both', async () => {
  const { status, json } = await api.admin.post('/v1/evaluations', {
    ...documents,
    policy: 'strict',
    policies: ['kernel'],
  });
  expect([status, json.errors]).toMatchObject([422, [{ pointer: '/policies', code: 'EXCLUSIVE' }]]);
});

test('a preflight under a proposal is kept and replayed as the hypothesis that it is', async () => {
  const asked = await api.admin.post('/v1/preflights', { vm: 'vm-1', target: 'no', phases, policy: 'proposal:cmo' });
  expect(asked.json).toMatchObject({ outcome: 'compatible', hypothetical: true });
  expect((await api.admin.get(`/v1/preflights/${asked.json.id}`)).json).toEqual(asked.json);
  const { json } = await api.admin.post(`/v1/preflights/${asked.json.id}/replay`);
  expect(json).toMatchObject({ same: true, replayed: { hypothetical: true } });
});

test('a sweep under a proposal says so', async () => {
  const body = { vms: { all: true }, targets: { all: true }, phases, policy: 'proposal:fallback' };
  const started = await api.admin.post('/v1/sweeps', body);
  expect([started.status, started.json]).toMatchObject([202, { policy: 'proposal:fallback', hypothetical: true }]);
});
