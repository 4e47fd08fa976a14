import { ShadowWatch } from '@berth/application';
import { openDatabase } from '@berth/persistence';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { useApi } from '../support/http-api.js';
import type { Exchange } from '../support/http-client.js';
import { MigrationLab } from '../support/http-migrations.js';
import { SILENT_HOST, UNFIT_HOST, VM_WITH_DEVICE_MEMORY } from '../support/migratable.js';
import { soon } from '../support/soon.js';

const api = useApi();
const lab = new MigrationLab(api);
let vm = '';
beforeAll(async () => {
  await lab.prepare();
  await lab.host('unfit', UNFIT_HOST);
  await lab.host('silent', SILENT_HOST);
  vm = await lab.vm();
});
afterEach(async () => {
  expect((await api.admin.delete('/v1/shadow')).status).toBe(204);
});

const WARN_OF_IPA = { checks: { 'ipa-size': 'warn' } };
const set = (rules: object, client = api.admin, headers = {}): Promise<Exchange> =>
  client.put('/v1/shadow', rules, { headers });
const ask = async (target: string, more: object = {}): Promise<Exchange['json']> =>
  (await api.admin.post('/v1/preflights', { vm, target, ...more })).json;

/** What is listed once all that was asked has been put to the shadow too. */
async function differences(query = ''): Promise<Exchange['json'][]> {
  await api.app.get(ShadowWatch).settled();
  const { status, json } = await api.admin.get(`/v1/shadow/differences${query}`);
  expect(status).toBe(200);
  return json.items;
}

const counted = async (outcome: string): Promise<number> => {
  const { text } = await api.admin.get('/metrics');
  return Number(new RegExp(`^berth_shadow_evaluations_total\\{outcome="${outcome}"\\} (\\d+)$`, 'm').exec(text)?.[1]);
};

describe('the shadow', () => {
  test('is none until it is set, stays when it is set again, and goes', async () => {
    const none = { shadow: null, revision: 0, setBy: null, setAt: null, differences: 0 };
    expect((await api.admin.get('/v1/shadow')).json).toEqual(none);
    const first = await set(WARN_OF_IPA);
    expect([first.status, first.json.changed, first.headers.get('etag')]).toEqual([
      200,
      true,
      `"${first.json.revision}"`,
    ]);
    expect((await set(WARN_OF_IPA)).json).toEqual({ revision: first.json.revision, changed: false });
    const stands = await api.admin.get('/v1/shadow');
    expect(stands.json).toMatchObject({ shadow: WARN_OF_IPA, revision: first.json.revision, differences: 0 });
    expect(stands.json.setBy).toMatch(/^keys\//);
    expect((await set({ policy: 'kernel' })).json).toEqual({ revision: first.json.revision + 1, changed: true });
    for (let again = 0; again < 2; again += 1) expect((await api.admin.delete('/v1/shadow')).status).toBe(204);
    expect((await api.admin.get('/v1/shadow')).json).toEqual(none);
    const actions = await api.query(`SELECT action FROM audit WHERE subject = 'shadow' ORDER BY id`);
    expect(actions.map(({ action }) => action).slice(-3)).toEqual(['shadow.set', 'shadow.set', 'shadow.remove']);
  });

  test('is written only over the revision that was quoted', async () => {
    expect((await set(WARN_OF_IPA, api.admin, { 'if-match': '"7"' })).status).toBe(412);
    const { json } = await set(WARN_OF_IPA, api.admin, { 'if-match': '"0"' });
    expect((await set({ policy: 'kernel' }, api.admin, { 'if-match': '"0"' })).json).toMatchObject({
      code: 'REVISION_MISMATCH',
      revision: json.revision,
    });
    expect((await set({ policy: 'kernel' }, api.admin, { 'if-match': `"${json.revision}"` })).status).toBe(200);
  });

  test.each([
    [{}, ''],
    [{ checks: {} }, ''],
    [{ policy: 'lenient' }, '/policy'],
    [{ checks: { 'ipa-size': 'maybe' } }, '/checks/ipa-size'],
    [{ checks: { 'ipa-sise': 'off' } }, '/checks/ipa-sise'],
    [{ checks: { constructor: 'off' } }, '/checks/constructor'],
    [{ catalogue: [{ row: 'x', kind: 'driver' }] }, '/catalogue/0/driver'],
    [{ policy: 'kernel', rulebook: '2026.1' }, '/rulebook'],
  ])('is refused as %j', async (rules, pointer) => {
    const { status, json } = await set(rules);
    expect([status, json.code, json.errors.map((error: { pointer: string }) => error.pointer)]).toEqual([
      422,
      'INVALID_DOCUMENT',
      expect.arrayContaining([pointer]),
    ]);
    expect((await api.admin.get('/v1/shadow')).json.shadow).toBeNull();
  });

  test('is an operator’s to set and a reader’s to see, and each fleet’s own', async () => {
    const [reader, operator] = [await api.client('reader'), await api.client('operator', { fleet: 'other' })];
    expect((await set(WARN_OF_IPA, reader)).status).toBe(403);
    expect((await set(WARN_OF_IPA, operator)).status).toBe(200);
    expect((await reader.get('/v1/shadow')).json.shadow).toBeNull();
    await ask('unfit');
    expect(await differences()).toEqual([]);
    expect((await operator.get('/v1/shadow/differences')).json.items).toEqual([]);
    await operator.delete('/v1/shadow');
  });
});

describe('what it would have changed', () => {
  test('is told finding by finding, and changes nothing', async () => {
    const before = await ask('unfit');
    await set(WARN_OF_IPA);
    const after = await ask('unfit');
    const { id, evaluatedAt: _at, validUntil: _until, ...said } = after;
    expect(before).toMatchObject(said);
    expect(after).toMatchObject({ outcome: 'incompatible', wouldFail: { reason: 'IPA_SIZE_UNSUPPORTED' } });
    const [difference, ...more] = await differences();
    expect(more).toEqual([]);
    expect(difference).toMatchObject({
      vm,
      host: 'unfit',
      basis: { manifest: after.basis.manifest, fingerprint: after.basis.fingerprint },
      policy: { enforced: 'strict', shadow: 'strict' },
      outcome: { enforced: 'incompatible', shadow: 'compatible' },
      wouldFail: { enforced: after.wouldFail, shadow: null },
      omitted: 0,
      times: 1,
      lastSubject: `preflights/${id}`,
    });
    expect(difference).not.toHaveProperty('phases');
    const [was] = after.findings.filter(({ check }: { check: string }) => check === 'ipa-size');
    expect(difference.differences).toEqual([{ change: 'changed', finding: { ...was, severity: 'warn' }, was }]);
  });

  test('is listed once for each question, with how often it was asked', async () => {
    await set(WARN_OF_IPA);
    for (let again = 0; again < 3; again += 1) await ask('unfit');
    const { id } = await ask('unfit', { phases: ['vm'] });
    const items = await differences();
    expect(items.map(({ times, phases }) => [times, phases])).toEqual([
      [1, ['vm']],
      [3, undefined],
    ]);
    expect(items[0].lastSubject).toBe(`preflights/${id}`);
    expect((await api.admin.get('/v1/shadow')).json.differences).toBe(2);
    const first = (await api.admin.get('/v1/shadow/differences?limit=1')).json;
    const rest = (await api.admin.get(`/v1/shadow/differences?limit=1&cursor=${first.nextCursor}`)).json;
    expect([...first.items, ...rest.items]).toEqual(items);
    expect(rest).not.toHaveProperty('nextCursor');
  });

  test('is nothing where both say the same', async () => {
    await set(WARN_OF_IPA);
    const same = await counted('same');
    await ask('mig-target');
    expect([await differences(), await counted('same')]).toEqual([[], same + 1]);
  });

  test('may be the findings alone, and is picked by VM, by host and by whether the outcome is another', async () => {
    const other = await lab.vm(VM_WITH_DEVICE_MEMORY);
    await set({ checks: { 'cacheable-downgrade': 'warn', 'hazard-non-fwb-source': 'off' } });
    await ask('mig-target');
    await ask('silent', { vm: other });
    const names = async (query: string) => (await differences(query)).map((item) => `${item.vm} ${item.host}`);
    const [changed, found] = [`${other} silent`, `${vm} mig-target`];
    expect(await names('')).toEqual([changed, found]);
    expect(await names('?outcome=other')).toEqual([changed]);
    expect(await names('?outcome=same')).toEqual([found]);
    expect(await names(`?vm=${vm}`)).toEqual([found]);
    expect(await names('?host=silent')).toEqual([changed]);
    expect(await names(`?vm=${vm}&host=silent`)).toEqual([]);
    const [gone] = await differences('?outcome=same');
    expect(gone.differences).toEqual([
      { change: 'gone', finding: expect.objectContaining({ check: 'hazard-non-fwb-source' }) },
    ]);
  });

  test('may be another policy, or other rows of the catalogue', async () => {
    const other = await lab.vm(VM_WITH_DEVICE_MEMORY);
    await set({ policy: 'kernel' });
    await ask('silent', { vm: other });
    expect((await differences())[0]).toMatchObject({
      policy: { enforced: 'strict', shadow: 'kernel' },
      outcome: { enforced: 'incompatible', shadow: 'compatible' },
    });
    const owner = await lab.vm({
      memslots: [
        {
          slot: 0,
          gpa: '0x40000000',
          size: '0x200000',
          flags: [],
          mappings: [{ offset: '0x0', size: '0x200000', backing: 'vfio', device: 'dpu0', region: 4 }],
        },
      ],
      devices: [{ name: 'dpu0', vendorDevice: '1d0f:efa0', driver: 'acme_vfio_pci' }],
    });
    const row = { row: 'acme', kind: 'mapping', drivers: ['acme_vfio_pci'], regions: [4], vmFlags: ['pfnmap'] };
    const told = { memoryTypes: ['normal'], kernelMapped: false, perPteProt: false, cite: 'acme_vfio_mmap()' };
    await set({ catalogue: [{ ...row, ...told }] });
    await ask('mig-target', { vm: owner, phases: ['memslot'] });
    const [difference] = await differences(`?vm=${owner}`);
    expect(difference.outcome).toEqual({ enforced: 'indeterminate', shadow: 'incompatible' });
  });

  test('is told of the evaluations of migrations, each by what it was made for', async () => {
    await set({ checks: { 'counter-frequency': 'off', 'hazard-non-fwb-source': 'reject' } });
    const { id, vm: moving } = await lab.bring('admitted');
    expect((await differences(`?vm=${moving}`))[0]).toMatchObject({
      outcome: { enforced: 'compatible', shadow: 'incompatible' },
      lastSubject: `vms/${moving}`,
      times: 1,
    });
    for (const act of ['verify', 'start', 'landed'] as const) expect((await lab.act(id, act)).status).toBe(200);
    expect((await differences(`?vm=${moving}`))[0]).toMatchObject({ lastSubject: `migrations/${id}`, times: 3 });
  });

  test('is forgotten with the rules that it was found under', async () => {
    await set(WARN_OF_IPA);
    await ask('unfit');
    expect(await differences()).toHaveLength(1);
    await set(WARN_OF_IPA);
    expect(await differences()).toHaveLength(1);
    await set({ checks: { 'gic-model': 'off' } });
    expect(await differences()).toEqual([]);
    await ask('unfit');
    expect(await differences()).toEqual([]);
  });

  test('of rules that no longer stand is not noted, whoever comes late with it', async () => {
    const { json } = await set(WARN_OF_IPA);
    await ask('unfit');
    const [difference] = await differences();
    const other = await openDatabase({ url: api.databaseUrl, allowVolatile: true });
    try {
      const [noted] = await other.shadows.page('default', {}, undefined, 1);
      if (noted === undefined) throw new Error('nothing is noted');
      const { id: _id, times: _times, firstAt: _first, lastAt: _last, lastSubject: _subject, ...found } = noted;
      const note = () => other.shadows.note('default', json.revision, 'vms/late', found);
      await note();
      expect((await differences())[0].times).toBeGreaterThan(difference.times);
      await set({ policy: 'kernel' });
      await note();
      expect(await differences()).toEqual([]);
      await api.admin.delete('/v1/shadow');
      await note();
      expect(await differences()).toEqual([]);
    } finally {
      await other.close();
    }
  });

  test('is kept for the newest thousand questions', async () => {
    const { json } = await set(WARN_OF_IPA);
    await ask('unfit');
    const [first] = await differences();
    await api.query(
      `INSERT INTO shadow_difference (fleet, id, revision, digest, vm, host, outcome_differs, difference, last_subject)
SELECT fleet, gen_random_uuid(), $1, 'copy ' || n, vm, host, outcome_differs, difference, last_subject
FROM shadow_difference, generate_series(1, 1000) n WHERE id = $2`,
      [json.revision, first.id],
    );
    await ask('unfit', { phases: ['vm'] });
    await differences();
    expect((await api.admin.get('/v1/shadow')).json.differences).toBe(1000);
  });
});

describe('a request', () => {
  test('is answered whatever becomes of the shadow', async () => {
    await set(WARN_OF_IPA);
    const failed = await counted('failed');
    await api.query('ALTER TABLE shadow_difference RENAME TO elsewhere');
    try {
      expect((await api.admin.post('/v1/preflights', { vm, target: 'unfit' })).status).toBe(200);
      const { id } = await lab.bring('landed');
      expect((await lab.get(id)).state).toBe('landed');
      await api.app.get(ShadowWatch).settled();
    } finally {
      await api.query('ALTER TABLE elsewhere RENAME TO shadow_difference');
    }
    expect(await counted('failed')).toBe(failed + 1);
    expect(api.log.some((line) => line.includes('"msg":"shadow"'))).toBe(true);
    // Rules that cannot be read any more keep nobody from an answer either.
    await api.query(`UPDATE shadow SET document = '[]', revision = revision + 1 WHERE fleet = 'default'`);
    api.app.get(ShadowWatch).forget('default');
    expect((await api.admin.post('/v1/preflights', { vm, target: 'unfit' })).status).toBe(200);
    await api.app.get(ShadowWatch).settled();
    expect(await counted('failed')).toBe(failed + 2);
  });

  test('waits for no shadow: what is too much is left out, and counted', async () => {
    const slow = new ShadowWatch({
      current: async () => undefined,
      note: async () => undefined,
      page: async () => [],
      count: async () => 0,
    });
    const evaluated = {
      fleet: 'default',
      subject: 'vms/x',
      vm: 'x',
      host: 'y',
      basis: { manifest: '', fingerprint: '' },
    } as Parameters<ShadowWatch['witness']>[0];
    for (let at = 0; at < 300; at += 1) slow.witness(evaluated);
    expect(slow.counts.skipped).toBe(300 - 256);
    await slow.settled();
    // Nobody has set anything: what comes now is not even queued.
    slow.witness(evaluated);
    expect(slow.counts).toEqual({ same: 0, different: 0, failed: 0, skipped: 300 - 256 });
  });

  test('is seen by the shadow that another process has set', async () => {
    const other = await openDatabase({ url: api.databaseUrl, allowVolatile: true });
    try {
      await ask('unfit');
      await other.work.run((tx) =>
        tx.shadow.set('default', 'keys/other', { digest: 'd', document: WARN_OF_IPA, rules: { checks: new Map() } }),
      );
      await soon(async () => {
        await ask('unfit');
        return (await differences()).length;
      }).toBe(1);
    } finally {
      await other.close();
    }
  });
});
