import { CHECKS, RULEBOOK } from '@berth/engine';
import { beforeAll, describe, expect, test } from 'vitest';
import { useApi } from '../support/http-api.js';
import type { Exchange } from '../support/http-client.js';
import { MigrationLab, TARGET } from '../support/http-migrations.js';
import { MIGRATABLE_HOST, SILENT_HOST, UNFIT_HOST, VM_WITH_DEVICE_MEMORY } from '../support/migratable.js';

const api = useApi();
const lab = new MigrationLab(api);
beforeAll(() => lab.prepare());

const report = (id: string, body: object): Promise<Exchange> => api.admin.post(`/v1/migrations/${id}/report`, body);
const failed = { side: 'target', outcome: 'failed' } as const;
const IPA =
  'qemu-system-aarch64: -m and ,maxmem option values require an IPA range (42 bits) larger than the one supported by the host (40 bits)';

/** Of sources without FEAT_S2FWB, as every host here is one. It happens in silence, so that it never decides. */
const ALWAYS = 'hazard-non-fwb-source';

/** What is counted from now on. */
async function sinceNow(): Promise<(more?: string) => Promise<Exchange['json']>> {
  const [row] = await api.query<{ now: Date }>('SELECT clock_timestamp() AS now');
  return async (more = '') => {
    const answer = await api.admin.get(`/v1/calibration?since=${row?.now.toISOString()}${more}`);
    expect(answer.status).toBe(200);
    return answer.json;
  };
}

const checkOf = (calibration: Exchange['json'], id: string): Exchange['json'] =>
  calibration.checks.find(({ check }: { check: string }) => check === id);

async function metric(name: string): Promise<number> {
  const { text } = await api.admin.get('/metrics');
  const line = text.split('\n').find((each) => each.startsWith(`${name} `));
  return Number(line?.split(' ')[1] ?? 0);
}

describe('a migration', () => {
  test('shows what was predicted, and nothing of what happened before it has', async () => {
    const nothing = { phase: null, errno: null, slot: null, reason: null };
    const predicted = { outcome: 'compatible', ...nothing, warned: [ALWAYS] };
    for (const state of ['admitted', 'in-flight', 'unreported', 'revoked'] as const) {
      const { id } = await lab.bring(state);
      expect(await lab.get(id)).toMatchObject({ predicted, actual: null });
    }
  });

  test('that landed shows that it was as predicted', async () => {
    const { id } = await lab.bring('landed');
    expect((await lab.get(id)).actual).toEqual({
      outcome: 'landed',
      phase: null,
      errno: null,
      slot: null,
      reason: null,
      comparison: 'confirmed',
      outside: null,
      foretold: [],
      falseYes: [],
      falseNo: [],
    });
  });

  test('that failed shows where, and which check should have said so; in the answer to the report as later', async () => {
    const { id } = await lab.bring('in-flight');
    const answer = await report(id, { ...failed, raw: IPA });
    expect(answer.json.actual).toMatchObject({
      outcome: 'aborted',
      phase: 'vm',
      reason: 'IPA_SIZE_UNSUPPORTED',
      comparison: 'false-yes',
      falseYes: ['ipa-size'],
    });
    expect(await lab.get(id)).toEqual(answer.json);
    const { items } = (await api.admin.get(`/v1/migrations?vm=${answer.json.vm}`)).json;
    expect(items[0].actual).toEqual(answer.json.actual);
  });

  test('is compared anew when the other side says more, and keeps when it ended', async () => {
    const { id } = await lab.bring('in-flight');
    const first = await report(id, {
      side: 'source',
      outcome: 'failed',
      raw: 'migration out job: unexpectedly failed',
    });
    expect(first.json.actual).toMatchObject({ comparison: 'outside', outside: 'unknown' });
    const at = () => api.query('SELECT ended_at FROM migration_comparison WHERE migration = $1', [id]);
    const ended = await at();
    const [outside, claimed] = [await metric('berth_false_yes_total{check="ipa-size"}'), await sinceNow()];
    const second = await report(id, { ...failed, raw: IPA });
    expect(second.json.actual).toMatchObject({ comparison: 'false-yes', outside: null, falseYes: ['ipa-size'] });
    expect(await at()).toEqual(ended);
    expect(await metric('berth_false_yes_total{check="ipa-size"}')).toBe(outside + 1);
    // It ended before the time that is asked for.
    expect((await claimed()).ended).toEqual({ landed: 0, aborted: 0 });
    // Who says otherwise is not believed, and changes nothing.
    expect((await report(id, { side: 'target', outcome: 'landed' })).status).toBe(409);
    expect((await lab.get(id)).actual).toEqual(second.json.actual);
  });

  test('that was late, and on which both sides agree at last, is compared with what both said', async () => {
    const { id } = await lab.bring('unreported');
    const one = await report(id, { side: 'source', outcome: 'failed' });
    expect(one.json.actual).toBeNull();
    const both = await report(id, { ...failed, phase: 'state-load', errno: 'ENOENT' });
    expect(both.json.actual).toMatchObject({ comparison: 'false-yes', falseYes: ['register-list-missing'] });
  });

  test('is compared in the transaction that ends it, or does not end', async () => {
    const { id } = await lab.bring('in-flight');
    await api.query('ALTER TABLE migration_comparison ADD CONSTRAINT refused CHECK (rulebook IS NULL) NOT VALID');
    try {
      expect((await report(id, { ...failed, raw: IPA })).status).toBe(500);
    } finally {
      await api.query('ALTER TABLE migration_comparison DROP CONSTRAINT refused');
    }
    expect(await lab.get(id)).toMatchObject({ state: 'in-flight', reports: [], actual: null });
  });
});

describe('the calibration', () => {
  test('counts each tried migration once, and each check beside it', async () => {
    const read = await sinceNow();
    await lab.bring('landed');
    await lab.bring('landed');
    await lab.bring('revoked');
    const { id } = await lab.bring('in-flight');
    await report(id, { ...failed, raw: IPA });
    await report(id, { ...failed, side: 'source' });
    const { id: cut } = await lab.bring('in-flight');
    await report(cut, { ...failed, errno: 'ECONNRESET' });
    const { id: odd } = await lab.bring('in-flight');
    await report(odd, { ...failed, phase: 'memslot', errno: 'ENOMEM' });
    const calibration = await read();
    expect(calibration).toMatchObject({
      rulebook: RULEBOOK,
      ended: { landed: 2, aborted: 3 },
      classes: { confirmed: 2, falseYes: 2, foretold: 0, outside: 1, falseNo: 0 },
      outside: { network: 1, cancelled: 0, unknown: 0 },
      rulebooks: [{ rulebook: RULEBOOK, ended: 5 }],
    });
    expect(checkOf(calibration, 'ipa-size')).toEqual({
      check: 'ipa-size',
      phase: 'vm',
      reason: 'IPA_SIZE_UNSUPPORTED',
      failure: 'refused',
      predictions: 5,
      confirmed: 2,
      falseYes: 1,
      falseNo: 0,
      warned: 0,
      examples: { falseYes: [id], falseNo: [] },
    });
    expect(checkOf(calibration, 'gic-model')).toMatchObject({ predictions: 5, confirmed: 2, falseYes: 0 });
    expect(checkOf(calibration, 'none')).toMatchObject({
      phase: null,
      predictions: null,
      examples: { falseYes: [odd] },
    });
    // What happens in silence, and what is Berth's own rule, is confirmed by no landing.
    for (const unseen of ['counter-frequency', 'host-cordoned'])
      expect(checkOf(calibration, unseen)).toMatchObject({ predictions: 5, confirmed: 0 });
  });

  test('lists every check of the kernels in the order in which it is asked, and none of a proposal', async () => {
    const { checks } = (await api.admin.get('/v1/calibration')).json;
    const listed = checks.map(({ check }: { check: string }) => check);
    const order = CHECKS.map(({ id }) => id).filter((id) => listed.includes(id));
    expect(listed.filter((id: string) => id !== 'none')).toEqual(order);
    expect(listed).toContain('ctr-el0');
    expect(listed).not.toContain('proposal-admits');
  });

  test('counts a check for the generations of which it is asked', async () => {
    await lab.host('silent', SILENT_HOST);
    const read = await sinceNow();
    const vm = await lab.vm();
    const opened = await lab.open(vm, { target: 'silent' });
    for (const act of ['verify', 'start', 'landed'] as const) await lab.act(opened.json.id, act);
    const calibration = await read();
    expect(opened.json.basis.generation).toBe('normal-nc');
    expect(checkOf(calibration, 'ipa-size')).toMatchObject({ predictions: 1, confirmed: 1 });
    expect(checkOf(calibration, 'cacheable-pfnmap')).toMatchObject({ predictions: 0, confirmed: 0 });
  });

  test('has a false no where `strict` would have refused what landed under `kernel`', async () => {
    await lab.host('silent', SILENT_HOST);
    const counted = await metric('berth_false_no_total{check="cacheable-downgrade"}');
    const read = await sinceNow();
    const vm = await lab.vm(VM_WITH_DEVICE_MEMORY);
    expect((await lab.open(vm, { target: 'silent' })).json.code).toBe('NOT_COMPATIBLE');
    const { json } = await lab.open(vm, { target: 'silent', policy: 'kernel' });
    expect(json.predicted).toMatchObject({ outcome: 'compatible', warned: [ALWAYS, 'cacheable-downgrade'] });
    for (const act of ['verify', 'start', 'landed'] as const) await lab.act(json.id, act);
    expect((await lab.get(json.id)).actual).toMatchObject({ comparison: 'false-no', falseNo: ['cacheable-downgrade'] });
    const calibration = await read();
    expect(calibration.classes).toMatchObject({ confirmed: 0, falseNo: 1 });
    expect(checkOf(calibration, 'cacheable-downgrade')).toMatchObject({
      failure: 'silent',
      confirmed: 0,
      falseNo: 1,
      warned: 1,
      examples: { falseNo: [json.id] },
    });
    expect(await metric('berth_false_no_total{check="cacheable-downgrade"}')).toBe(counted + 1);
  });

  test('of another rulebook tells what was written down, and not what it cannot know', async () => {
    const { id } = await lab.bring('in-flight');
    await report(id, { ...failed, raw: IPA });
    await api.query(
      `UPDATE migration_comparison SET rulebook = '2019.1', false_yes = ARRAY['ipa-size', 'a-check-of-old'] WHERE migration = $1`,
      [id],
    );
    const old = (await api.admin.get('/v1/calibration?rulebook=2019.1')).json;
    expect(old.ended).toEqual({ landed: 0, aborted: 1 });
    expect(old.checks).toEqual([
      expect.objectContaining({ check: ALWAYS, warned: 1, falseYes: 0 }),
      expect.objectContaining({ check: 'ipa-size', phase: 'vm', predictions: null, confirmed: null, falseYes: 1 }),
      expect.objectContaining({ check: 'a-check-of-old', phase: null, reason: null, predictions: null, falseYes: 1 }),
    ]);
    expect((await api.admin.get('/v1/calibration?rulebook=2019.2')).json).toMatchObject({ checks: [] });
    expect(old.rulebooks).toContainEqual({ rulebook: '2019.1', ended: 1 });
    // Gone again, so that no other test counts it.
    await api.query('DELETE FROM migration_comparison WHERE migration = $1', [id]);
  });

  test('counts what the metrics count', async () => {
    const ended = (actual: string) => metric(`berth_migrations_ended_total{prediction="warned",actual="${actual}"}`);
    const before = [await ended('landed'), await ended('aborted'), await ended('outside')];
    const { id } = await lab.bring('landed');
    await lab.act(id, 'landed');
    const { id: bad } = await lab.bring('in-flight');
    for (let again = 0; again < 2; again += 1) await report(bad, { ...failed, raw: IPA });
    await lab.bring('aborted');
    expect([await ended('landed'), await ended('aborted'), await ended('outside')]).toEqual(
      before.map((count) => count + 1),
    );
  });

  test('hints at a VM that was relocated to where it had been refused', async () => {
    await lab.host('unfit', UNFIT_HOST);
    await lab.host('cordoned');
    await api.admin.patch('/v1/hosts/cordoned', { state: 'cordoned' });
    const read = await sinceNow();
    const vm = await lab.vm();
    const relocate = (host: string) => api.admin.post(`/v1/vms/${vm}/relocate`, { host, reason: 'it runs there' });
    // Never asked; then refused by Berth's own rule; then let go.
    expect((await relocate('unfit')).status).toBe(200);
    await relocate('mig-source');
    for (const target of ['cordoned', TARGET]) {
      await api.admin.post('/v1/preflights', { vm, target });
      await relocate(target);
      await relocate('mig-source');
    }
    expect((await read()).relocations).toEqual([]);
    const { id } = (await api.admin.post('/v1/preflights', { vm, target: 'unfit' })).json;
    await relocate('unfit');
    await relocate('mig-source');
    await relocate('unfit');
    expect((await read()).relocations).toEqual([
      { vm, host: 'unfit', preflight: id, reason: 'IPA_SIZE_UNSUPPORTED', at: expect.any(String) },
    ]);
    // Other facts than those that were asked about say nothing of the answer.
    await relocate('mig-source');
    await lab.host('unfit', { ...MIGRATABLE_HOST });
    await relocate('unfit');
    expect((await read()).relocations).toHaveLength(1);
  });

  test('is each fleet’s own, and names a parameter that is none', async () => {
    await lab.bring('landed');
    const stranger = await api.client('reader', { fleet: 'other' });
    expect((await stranger.get('/v1/calibration')).json).toMatchObject({
      ended: { landed: 0, aborted: 0 },
      relocations: [],
      rulebooks: [],
    });
    for (const query of ['since=yesterday', 'since=2026-02-30T00:00:00Z', 'rulebook=', 'check=ipa-size']) {
      const { status, json } = await api.admin.get(`/v1/calibration?${query}`);
      expect([status, json.code, json.errors[0].parameter]).toEqual([400, 'INVALID_QUERY', query.split('=')[0]]);
    }
  });
});
