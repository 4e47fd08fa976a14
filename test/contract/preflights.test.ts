import { EXAMPLE_FINGERPRINT, EXAMPLE_MANIFEST } from '@berth/contract';
import { beforeAll, expect, test } from 'vitest';
import { useApi } from '../support/http-api.js';

const api = useApi();
const phases = ['vm', 'memslot', 'fault'];
const kvm = EXAMPLE_FINGERPRINT['kvm'] as { capabilities: object };
const coherent = {
  // without the registers, which say otherwise
  cpu: { midr: ['0x414fd0c1'], fwb: true, dic: true, idc: true },
  kvm: {
    ...kvm,
    capabilities: { ...kvm.capabilities, KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED: { system: 'EINVAL', vm: 1 } },
  },
};

beforeAll(async () => {
  await api.putHost('yes', coherent);
  await api.putHost('no');
  await api.putHost('home');
  await api.putVm('vm-1', 'home');
});

test('a refusal is a 200 that says what the target would hit first', async () => {
  const answer = await api.admin.post('/v1/preflights', { vm: 'vm-1', target: 'no', phases });
  expect(answer.status).toBe(200);
  expect(answer.json).toMatchObject({
    outcome: 'incompatible',
    wouldFail: {
      phase: 'memslot',
      reason: 'CACHEABLE_PFNMAP_UNSUPPORTED',
      slot: 7,
      mapping: 0,
      errno: 'EINVAL',
      failure: 'refused',
    },
    phases,
    basis: {
      vm: 'vm-1',
      vmRevision: 1,
      host: 'no',
      hostRevision: 1,
      generation: 'protected-guest',
      rulebook: '2026.2',
      policy: 'strict',
    },
  });
  const { evaluatedAt, validUntil } = answer.json;
  expect(Date.parse(validUntil) - Date.parse(evaluatedAt)).toBe(60_000);
});

test('a host that can is compatible', async () => {
  const answer = await api.admin.post('/v1/preflights', { vm: 'vm-1', target: 'yes', phases });
  expect(answer.json).toMatchObject({ outcome: 'compatible', wouldFail: null });
});

test('an answer is kept as it was given and can be replayed', async () => {
  const asked = await api.admin.post('/v1/preflights', { vm: 'vm-1', target: 'no', phases, policy: 'kernel' });
  const kept = await api.admin.get(`/v1/preflights/${asked.json.id}`);
  expect(kept.json).toEqual(asked.json);
  const replayed = await api.admin.post(`/v1/preflights/${asked.json.id}/replay`);
  const { id, ...verdict } = asked.json;
  expect(replayed.json).toEqual({ id, original: verdict, replayed: verdict, same: true, differences: [] });
  for (const unknown of ['0199a3c4-5d1e-7c3a-9b1f-2a6f0c8d4e11', 'x', 'constructor']) {
    expect((await api.admin.get(`/v1/preflights/${unknown}`)).json.code).toBe('PREFLIGHT_UNKNOWN');
    expect((await api.admin.post(`/v1/preflights/${unknown}/replay`)).json.code).toBe('PREFLIGHT_UNKNOWN');
  }
});

test('names that are not known are faults of the body', async () => {
  const noVm = await api.admin.post('/v1/preflights', { vm: 'nobody', target: 'no' });
  expect([noVm.status, noVm.json.code, noVm.json.errors[0].pointer]).toEqual([422, 'NAME_UNKNOWN', '/vm']);
  const noTarget = await api.admin.post('/v1/preflights', { vm: 'vm-1', target: 'nowhere' });
  expect([noTarget.status, noTarget.json.code, noTarget.json.errors[0].pointer]).toEqual([
    422,
    'NAME_UNKNOWN',
    '/target',
  ]);
});

test('other revisions than expected are a conflict', async () => {
  const ask = (expected: object) =>
    api.admin.post('/v1/preflights', { vm: 'vm-1', target: 'no', phases, expect: expected });
  expect((await ask({ vmRevision: 1, hostRevision: 1 })).status).toBe(200);
  const conflict = await ask({ hostRevision: 7 });
  expect([conflict.status, conflict.json.code, conflict.json.vmRevision, conflict.json.hostRevision]).toEqual([
    409,
    'REVISION_CONFLICT',
    1,
    1,
  ]);
});

test('two documents are evaluated without being kept, and answered as if they were', async () => {
  const stored = await api.admin.post('/v1/preflights', { vm: 'vm-1', target: 'no', phases });
  const fingerprint = (await api.admin.get('/v1/hosts/no')).json.fingerprint;
  const manifest = { ...EXAMPLE_MANIFEST, host: 'home' };
  const evaluated = await api.admin.post('/v1/evaluations', { manifest, fingerprint, phases });
  expect(evaluated.status).toBe(200);
  expect(evaluated.json).toMatchObject({
    outcome: stored.json.outcome,
    wouldFail: stored.json.wouldFail,
    findings: stored.json.findings,
    memslots: stored.json.memslots,
  });
  expect(evaluated.json.basis).toEqual({
    ...stored.json.basis,
    vm: null,
    vmRevision: null,
    host: null,
    hostRevision: null,
  });
  expect('id' in evaluated.json).toBe(false);
});

test('faults of both documents of an evaluation are named at once', async () => {
  const answer = await api.admin.post('/v1/evaluations', {
    manifest: { ...EXAMPLE_MANIFEST, arch: 7 },
    fingerprint: { ...EXAMPLE_FINGERPRINT, cpu: { fwb: 'no' } },
    policy: 'lenient',
  });
  expect(answer.status).toBe(422);
  const pointers = answer.json.errors.map((error: { pointer: string }) => error.pointer).sort();
  expect(pointers).toEqual(['/fingerprint/cpu/fwb', '/manifest/arch', '/policy']);
});

test('a missing fact makes the answer indeterminate and is named', async () => {
  const { dic: _dic, ...rest } = coherent.cpu as { dic: boolean };
  const { KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED: _cap, ...capabilities } = coherent.kvm.capabilities;
  await api.putHost('silent', { cpu: rest, kvm: { ...kvm, capabilities } });
  const answer = await api.admin.post('/v1/preflights', { vm: 'vm-1', target: 'silent', phases });
  expect(answer.json.outcome).toBe('indeterminate');
  expect(answer.json.findings.flatMap((finding: { missing: string[] }) => finding.missing).join(' ')).toContain(
    '/cpu/dic',
  );
});
