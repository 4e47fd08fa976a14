import { GROUPINGS } from '@berth/application';
import { beforeAll, describe, expect, test } from 'vitest';
import { useApi } from '../support/http-api.js';
import { MIGRATABLE_HOST, MIGRATABLE_VM, UNFIT_HOST } from '../support/migratable.js';

const api = useApi();
const get = (path: string) => api.admin.get(path);

beforeAll(async () => {
  for (const [host, sections] of [
    ['home', MIGRATABLE_HOST],
    ['fit-1', MIGRATABLE_HOST],
    ['fit-2', MIGRATABLE_HOST],
    ['unfit', UNFIT_HOST],
    ['cordoned', MIGRATABLE_HOST],
    ['untold', { ...MIGRATABLE_HOST, vmm: {} }],
  ] as const)
    await api.putHost(host, { ...sections, machineId: `machine of ${host}`, bootId: `boot of ${host}` });
  await api.admin.patch('/v1/hosts/cordoned', { state: 'cordoned', labels: { rack: 'r1' } });
  await api.admin.patch('/v1/hosts/fit-2', { labels: { rack: 'r1' } });
  await api.putVm('vm-1', 'home', { ...MIGRATABLE_VM, runId: 'run-1' });
  await api.putVm('vm-2', 'home', {
    ...MIGRATABLE_VM,
    runId: 'run-2',
    vm: { type: 'normal', ipaBits: 52, mte: false },
  });
});

describe('candidates', () => {
  test('every host but its own is counted, and those that say yes are listed by name', async () => {
    const { status, json } = await get('/v1/vms/vm-1/candidates');
    expect(status).toBe(200);
    expect(json).toEqual({
      counts: {
        compatible: 2,
        incompatible: 2,
        indeterminate: 1,
        byReason: { HOST_CORDONED: 1, IPA_SIZE_UNSUPPORTED: 1, VMM_DIFFERS: 1 },
      },
      hosts: [
        { host: 'fit-1', outcome: 'compatible' },
        { host: 'fit-2', outcome: 'compatible' },
      ],
    });
  });

  test('the others are listed on request, with what would fail and what is missing', async () => {
    const { json } = await get('/v1/vms/vm-1/candidates?include=refused');
    expect(json.hosts.map(({ host }: { host: string }) => host)).toEqual([
      'fit-1',
      'fit-2',
      'untold',
      'cordoned',
      'unfit',
    ]);
    for (const { host, outcome, wouldFail, missing } of json.hosts) {
      const asked = (await api.admin.post('/v1/preflights', { vm: 'vm-1', target: host })).json;
      expect([outcome, wouldFail ?? null]).toEqual([asked.outcome, asked.wouldFail]);
      expect(missing === undefined, host).toBe(outcome !== 'indeterminate');
    }
  });

  test('are found by label, without some, up to a limit, by a policy', async () => {
    const names = async (query: string): Promise<string[]> =>
      (await get(`/v1/vms/vm-1/candidates?${query}`)).json.hosts.map(({ host }: { host: string }) => host);
    expect(await names('label=rack:r1')).toEqual(['fit-2']);
    expect(await names('exclude=fit-1&exclude=unfit')).toEqual(['fit-2']);
    expect(await names('limit=1')).toEqual(['fit-1']);
    expect(await names('policy=kernel&limit=1')).toEqual(['fit-1']);
  });

  test.each([
    ['limit=0', 'limit'],
    ['include=all', 'include'],
    ['policy=mine', 'policy'],
    ['exclude=%20', 'exclude'],
    ['label=rack', 'label'],
    ['target=fit-1', 'target'],
  ])('%s is refused by its name', async (query, parameter) => {
    const { status, json } = await get(`/v1/vms/vm-1/candidates?${query}`);
    expect([status, json.code, json.errors[0].parameter]).toEqual([400, 'INVALID_QUERY', parameter]);
  });

  test('of a VM that nobody knows', async () => {
    expect((await get('/v1/vms/nobody/candidates')).json.code).toBe('VM_UNKNOWN');
  });
});

describe('evacuation', () => {
  test('names each VM with its targets, the fewest first', async () => {
    const { json } = await get('/v1/hosts/home/evacuation');
    expect(json).toMatchObject({
      host: 'home',
      vms: [
        { vm: 'vm-2', targets: [], compatible: 0 },
        { vm: 'vm-1', targets: ['fit-1', 'fit-2'], compatible: 2, byReason: { HOST_CORDONED: 1 } },
      ],
    });
    expect((await get('/v1/hosts/fit-1/evacuation')).json).toEqual({ host: 'fit-1', vms: [] });
    expect((await get('/v1/hosts/nobody/evacuation')).json.code).toBe('HOST_UNKNOWN');
  });
});

describe('the inventory', () => {
  test('counts hosts by what they can do, unknown apart', async () => {
    expect((await get('/v1/inventory?groupBy=generation,fwb,cca,label:rack,state')).json).toEqual({
      groups: [
        { generation: 'protected-guest', fwb: false, cca: null, 'label:rack': null, state: 'active', hosts: 4 },
        { generation: 'protected-guest', fwb: false, cca: null, 'label:rack': 'r1', state: 'active', hosts: 1 },
        { generation: 'protected-guest', fwb: false, cca: null, 'label:rack': 'r1', state: 'cordoned', hosts: 1 },
      ],
      total: 6,
    });
    expect((await get('/v1/inventory')).json).toEqual({ groups: [{ hosts: 6 }], total: 6 });
  });

  test('names what is known where something else is asked for', async () => {
    for (const groupBy of ['fwbb', 'generation,', 'label:', 'fwb,fwb', 'constructor']) {
      const { status, json } = await get(`/v1/inventory?groupBy=${groupBy}`);
      expect([status, json.code, json.errors[0].parameter], groupBy).toEqual([400, 'INVALID_QUERY', 'groupBy']);
    }
    const { detail } = (await get('/v1/inventory?groupBy=fwbb')).json.errors[0];
    for (const name of GROUPINGS) expect(detail).toContain(name);
  });
});

describe('classes', () => {
  test('have each host once, largest first, with the facts that some check reads', async () => {
    const { classes } = (await get('/v1/classes/hosts')).json;
    expect(classes.map(({ members, sample }: { members: number; sample: string[] }) => [members, sample])).toEqual([
      [4, ['cordoned', 'fit-1', 'fit-2', 'home']],
      [1, expect.any(Array)],
      [1, expect.any(Array)],
    ]);
    const [{ facts }] = classes;
    expect(facts).toMatchObject({ schema: 'berth.fingerprint/1', kernel: MIGRATABLE_HOST['kernel'] });
    for (const unread of ['machineId', 'bootId', 'collectedAt', 'agent']) expect(facts).not.toHaveProperty(unread);
  });

  test('have each VM once', async () => {
    const { classes } = (await get('/v1/classes/vms')).json;
    expect(classes.map(({ sample }: { sample: string[] }) => sample[0]).sort()).toEqual(['vm-1', 'vm-2']);
    expect(classes[0].facts).toMatchObject({ schema: 'berth.manifest/1', memslots: MIGRATABLE_VM['memslots'] });
    for (const unread of ['host', 'runId']) expect(classes[0].facts).not.toHaveProperty(unread);
  });
});
