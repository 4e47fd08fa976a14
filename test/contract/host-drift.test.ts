import type { JsonObject } from '@berth/application';
import { beforeAll, expect, test } from 'vitest';
import { berth } from '../support/cli.js';
import { useApi } from '../support/http-api.js';
import { MIGRATABLE_HOST, MIGRATABLE_VM, UNFIT_HOST } from '../support/migratable.js';

const api = useApi();
const document = (schema: string, sections: object) => ({ schema, ...sections });
const cli = (...argv: string[]) => berth(argv, { env: { BERTH_URL: api.url, BERTH_KEY: String(api.admin.key) } });

async function host(name: string, sections: JsonObject, machineId = `machine of ${name}`): Promise<number> {
  const facts = { ...sections, machineId, bootId: 'boot-1', collectedAt: new Date().toISOString() };
  return (await api.admin.put(`/v1/hosts/${name}/fingerprint`, document('berth.fingerprint/1', facts))).status;
}
const vm = (name: string, sections: JsonObject = {}) =>
  api.admin.put(
    `/v1/vms/${name}/manifest`,
    document('berth.manifest/1', { ...MIGRATABLE_VM, host: 'home', runId: name, ...sections }),
  );

beforeAll(async () => {
  await host('home', MIGRATABLE_HOST);
  // Revisions 1 and 3 are good for every VM but the large one, revision 2 is for the small one alone.
  for (const sections of [MIGRATABLE_HOST, UNFIT_HOST, MIGRATABLE_HOST]) await host('gh-1', sections);
  for (const name of ['vm-a', 'vm-b', 'vm-c']) await vm(name);
  await vm('vm-large', { vm: { type: 'normal', ipaBits: 52, mte: false } });
  await vm('vm-small', { vm: { type: 'normal', ipaBits: 36, mte: false }, memslots: [] });
});

const diff = async (a: number, b: number, query = '') =>
  (await api.admin.get(`/v1/hosts/gh-1/revisions/${a}/diff/${b}${query}`)).json;
const turn = (name: string) => ({ vm: name, outcome: 'incompatible', reason: 'IPA_SIZE_UNSUPPORTED' });

test('a diff names the facts, and the VMs that lost or won this target', async () => {
  const turned = ['vm-a', 'vm-b', 'vm-c'].map(turn);
  const lost = await diff(1, 2);
  const pointer = '/kvm/capabilities/KVM_CAP_ARM_VM_IPA_SIZE';
  expect(lost.differences.map((each: { pointer: string }) => each.pointer)).toEqual([
    `${pointer}/system`,
    `${pointer}/vm`,
  ]);
  expect(lost.targets).toEqual({ lost: turned, won: [], asked: 5 });
  expect((await diff(2, 3)).targets).toEqual({ lost: [], won: turned, asked: 5 });
  expect((await diff(1, 3)).targets).toEqual({ lost: [], won: [], asked: 0 });
});

test('a diff says when it did not ask every VM, and goes on from there', async () => {
  const first = await diff(1, 2, '?limit=2');
  expect(first.targets).toMatchObject({ lost: [turn('vm-a'), turn('vm-b')], asked: 2, nextCursor: expect.any(String) });
  const second = await diff(1, 2, `?limit=2&cursor=${first.targets.nextCursor}`);
  expect(second.targets).toMatchObject({ lost: [turn('vm-c')], asked: 2, nextCursor: expect.any(String) });
  const last = await diff(1, 2, `?limit=2&cursor=${second.targets.nextCursor}`);
  expect(last.targets).toEqual({ lost: [], won: [], asked: 1 });
  const other = await api.admin.get(`/v1/hosts/home/revisions/1/diff/1?cursor=${first.targets.nextCursor}`);
  expect(other.json.code).toBe('CURSOR_INVALID');
  expect((await api.admin.get('/v1/hosts/gh-1/revisions/1/diff/2?limit=1001')).status).toBe(400);
});

test('a diff is of one fleet', async () => {
  const stranger = await api.client('operator', { fleet: 'other' });
  for (const sections of [MIGRATABLE_HOST, UNFIT_HOST]) {
    const facts = { ...sections, machineId: 'm', bootId: 'b', collectedAt: new Date().toISOString() };
    await stranger.put('/v1/hosts/gh-1/fingerprint', document('berth.fingerprint/1', facts));
  }
  expect((await stranger.get('/v1/hosts/gh-1/revisions/1/diff/2')).json.targets).toEqual({
    lost: [],
    won: [],
    asked: 0,
  });
});

test('`berth host diff` prints both', async () => {
  const { out, code } = await cli('host', 'diff', 'gh-1', '1', '2', '--limit', '2');
  expect(code).toBe(0);
  expect(out).toContain('~ /kvm/capabilities/KVM_CAP_ARM_VM_IPA_SIZE/vm  48 → 36\n');
  expect(out).toContain('- vm-a  lost this target: IPA_SIZE_UNSUPPORTED\n');
  expect(out).toContain('… of the first 2 VMs; --limit asks more\n');
  expect((await cli('host', 'diff', 'gh-1', '2', '3')).out).toContain('+ vm-c  won this target\n');
});

test('a second machine is refused, shown, and no yes rests on the facts until an operator agrees', async () => {
  await host('gh-2', MIGRATABLE_HOST, 'machine-1');
  const outcome = async () => (await api.admin.post('/v1/preflights', { vm: 'vm-a', target: 'gh-2' })).json.outcome;
  const shown = async () => (await api.admin.get('/v1/hosts/gh-2')).json;
  expect([await outcome(), (await shown()).contender]).toEqual(['compatible', null]);
  expect(await host('gh-2', MIGRATABLE_HOST, 'machine-2')).toBe(409);
  expect([await outcome(), (await shown()).contender, (await shown()).freshness]).toEqual([
    'indeterminate',
    'machine-2',
    'mismatched',
  ]);
  expect((await api.admin.get('/v1/hosts?freshness=mismatched')).json.items).toHaveLength(1);
  expect((await cli('host', 'agree', 'gh-2', 'machine-1')).code).toBe(0);
  expect([await outcome(), (await shown()).contender]).toEqual(['compatible', null]);
});
