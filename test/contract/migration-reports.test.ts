import { beforeAll, describe, expect, test } from 'vitest';
import { useApi } from '../support/http-api.js';
import type { Exchange } from '../support/http-client.js';
import { MigrationLab } from '../support/http-migrations.js';

const api = useApi();
const lab = new MigrationLab(api);
beforeAll(() => lab.prepare());

const MEMSLOT =
  '2026-11-20T07:01:09.5Z qemu-system-aarch64: kvm_set_user_memory_region: KVM_SET_USER_MEMORY_REGION2 failed, slot=7, start=0x8000000000, size=0x1800000000, flags=0x0, guest_memfd=-1, guest_memfd_offset=0x0: Invalid argument\n' +
  'kvm_set_phys_mem: error registering slot: Invalid argument';

const report = (id: string, body: object): Promise<Exchange> => api.admin.post(`/v1/migrations/${id}/report`, body);
const failed = { side: 'target', outcome: 'failed' } as const;

describe('a report', () => {
  test('keeps the raw text, with what it is taken for beside it', async () => {
    const { id } = await lab.bring('in-flight');
    const answer = await report(id, { ...failed, raw: MEMSLOT });
    expect(answer.json).toMatchObject({
      state: 'aborted',
      why: 'the target reported failed',
      report: { phase: 'memslot', errno: 'EINVAL', slot: 7, reason: null, raw: MEMSLOT, accepted: true },
    });
    expect(answer.json.reports).toEqual([answer.json.report]);
  });

  test('names its reason where the text stands for one', async () => {
    const { id } = await lab.bring('in-flight');
    const raw =
      "error: internal error: unable to execute QEMU command 'migrate': 0009:01:00.0: VFIO migration is not supported in kernel";
    const answer = await report(id, { side: 'source', outcome: 'failed', raw });
    expect(answer.json.report).toMatchObject({ side: 'source', phase: 'source', reason: 'DEVICE_NOT_MIGRATABLE' });
  });

  test('is believed in what it says itself, whatever its text says', async () => {
    const { id } = await lab.bring('in-flight');
    const answer = await report(id, { ...failed, phase: 'device', errno: 'EBUSY', slot: 3, raw: MEMSLOT });
    expect(answer.json.report).toMatchObject({ phase: 'device', errno: 'EBUSY', slot: 3, raw: MEMSLOT });
  });

  test('of words that nobody knows keeps them, and they are counted', async () => {
    const count = async (words: string): Promise<number> => {
      const { text } = await api.admin.get('/metrics');
      return Number(new RegExp(`^berth_report_texts_total\\{words="${words}"\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
    };
    const before = { known: await count('known'), unknown: await count('unknown') };
    const { id } = await lab.bring('in-flight');
    const raw = 'the flux capacitor is out of flux\u001b[0m';
    const answer = await report(id, { ...failed, raw });
    expect(answer.json.report).toMatchObject({ phase: null, errno: null, slot: null, reason: null, raw });
    // A repetition is not another failure.
    await report(id, { ...failed, raw });
    const other = await lab.bring('in-flight');
    await report(other.id, { ...failed, raw: MEMSLOT });
    const silent = await lab.bring('in-flight');
    await report(silent.id, failed);
    expect([await count('unknown'), await count('known')]).toEqual([before.unknown + 1, before.known + 1]);
  });

  test('says of a VM that landed nothing that only failures have', async () => {
    const { id } = await lab.bring('in-flight');
    const landed = { side: 'target', outcome: 'landed' };
    const cases = [
      [{ ...landed, phase: 'fault' }, '/phase'],
      [{ ...landed, errno: 'EFAULT' }, '/errno'],
      [{ ...landed, slot: 0 }, '/slot'],
      [{ ...failed, errno: 'Invalid argument' }, '/errno'],
      [{ ...failed, errno: 'EINVAL; DROP' }, '/errno'],
      [{ ...failed, phase: 'restore' }, '/phase'],
      [{ ...failed, slot: -1 }, '/slot'],
      [{ ...failed, slot: 2 ** 32 }, '/slot'],
      [{ ...failed, raw: '' }, '/raw'],
      [{ ...failed, raw: 'x'.repeat(16_385) }, '/raw'],
      [{ side: 'both', outcome: 'landed' }, '/side'],
      [{ side: 'target', outcome: 'lost' }, '/outcome'],
      [{ outcome: 'landed' }, '/side'],
      [{ ...landed, vm: 'another' }, '/vm'],
    ] as const;
    for (const [body, pointer] of cases) {
      const refused = await report(id, body);
      expect([refused.status, refused.json.code, refused.json.errors[0].pointer]).toEqual([
        422,
        'INVALID_DOCUMENT',
        pointer,
      ]);
    }
    expect((await report(id, { ...landed, raw: 'qemu said goodbye' })).json).toMatchObject({
      state: 'landed',
      report: { raw: 'qemu said goodbye', reason: null },
    });
  });
});

describe('after the end', () => {
  test('each side is heard once with each outcome; what contradicts the end is kept, marked and refused', async () => {
    const { id, vm } = await lab.bring('aborted');
    const before = await lab.get(id);
    const other = await report(id, { side: 'source', outcome: 'failed', raw: 'error: operation aborted' });
    expect([other.status, other.json.reports.length, other.json.report.side]).toEqual([200, 2, 'source']);
    expect((await report(id, { side: 'source', outcome: 'failed', raw: 'said otherwise' })).text).toBe(other.text);
    for (const _ of [1, 2]) {
      const refused = await report(id, { side: 'target', outcome: 'landed', raw: 'the guest runs here' });
      expect([refused.status, refused.json.code, refused.json.state]).toEqual([409, 'REPORT_CONFLICT', 'aborted']);
    }
    const after = await lab.get(id);
    expect([after.state, after.history, after.report.side]).toEqual(['aborted', before.history, 'source']);
    expect(after.reports.at(-1)).toMatchObject({
      side: 'target',
      outcome: 'landed',
      accepted: false,
      raw: 'the guest runs here',
    });
    expect(after.reports).toHaveLength(3);
    const audit = await api.query(`SELECT detail FROM audit WHERE subject = $1 ORDER BY id DESC LIMIT 1`, [id]);
    expect(audit[0]?.['detail']).toMatchObject({ vm, side: 'target', outcome: 'landed', accepted: false });
    expect((await api.admin.get(`/v1/vms/${vm}`)).json).toMatchObject({ host: 'mig-source', mayRunOn: ['mig-source'] });
  });

  test('twenty reports at once, ten of each outcome: one of them decides, and what follows from it happens once', async () => {
    const { id, vm } = await lab.bring('in-flight');
    const said = ['landed', 'failed'].flatMap((outcome) => Array.from({ length: 10 }, () => outcome));
    const answers = await Promise.all(said.map((outcome) => report(id, { side: 'target', outcome })));
    const { state, history } = await lab.get(id);
    const agreed = state === 'landed' ? 'landed' : 'failed';
    expect(answers.map(({ status }) => status)).toEqual(said.map((outcome) => (outcome === agreed ? 200 : 409)));
    expect(history).toHaveLength(4);
    const { host, revision } = (await api.admin.get(`/v1/vms/${vm}`)).json;
    expect([host, revision]).toEqual(state === 'landed' ? ['mig-target', 2] : ['mig-source', 1]);
  });
});
