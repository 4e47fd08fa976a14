import { MIGRATION_STATES, type MigrationState } from '@berth/application';
import { beforeAll, describe, expect, test } from 'vitest';
import { useApi } from '../support/http-api.js';
import { type Act, MigrationLab } from '../support/http-migrations.js';

const api = useApi();
const lab = new MigrationLab(api);
beforeAll(() => lab.prepare());

type Cell = MigrationState | readonly [409, string];
const no = (code: string): Cell => [409, code];

/** What each call does in each state, written down apart from the code. A repeated call is the same caller's. */
const MATRIX: Readonly<Record<MigrationState, Readonly<Record<Act, Cell>>>> = {
  admitted: {
    verify: 'verified',
    start: no('NOT_VERIFIED'),
    landed: no('NOT_IN_FLIGHT'),
    failed: no('NOT_IN_FLIGHT'),
    cancel: 'revoked',
  },
  verified: {
    verify: 'verified',
    start: 'in-flight',
    landed: no('NOT_IN_FLIGHT'),
    failed: no('NOT_IN_FLIGHT'),
    cancel: 'revoked',
  },
  'in-flight': {
    verify: 'in-flight',
    start: 'in-flight',
    landed: 'landed',
    failed: 'aborted',
    cancel: no('IN_FLIGHT'),
  },
  unreported: {
    verify: 'unreported',
    start: 'unreported',
    landed: 'unreported',
    failed: 'unreported',
    cancel: no('IN_FLIGHT'),
  },
  landed: {
    verify: 'landed',
    start: 'landed',
    landed: 'landed',
    failed: no('REPORT_CONFLICT'),
    cancel: no('MIGRATION_ENDED'),
  },
  aborted: {
    verify: 'aborted',
    start: 'aborted',
    landed: no('REPORT_CONFLICT'),
    failed: 'aborted',
    cancel: no('MIGRATION_ENDED'),
  },
  revoked: {
    verify: no('MIGRATION_ENDED'),
    start: no('MIGRATION_ENDED'),
    landed: no('NOT_IN_FLIGHT'),
    failed: no('NOT_IN_FLIGHT'),
    cancel: 'revoked',
  },
};

/** Where the VM runs, what its open migration is and where it may run. */
async function placeOf(vm: string) {
  const { host, openMigration, mayRunOn } = (await api.admin.get(`/v1/vms/${vm}`)).json;
  return { host, openMigration, mayRunOn };
}

describe.each(MIGRATION_STATES)('in the state %s', (from) => {
  test.each(Object.entries(MATRIX[from]))('%s', async (act, cell) => {
    const { id, vm } = await lab.bring(from);
    const before = await lab.get(id);
    const answer = await lab.act(id, act as Act);
    const after = await lab.get(id);
    if (typeof cell === 'string') {
      expect([answer.status, answer.json.state, after.state]).toEqual([200, cell, cell]);
      const path = after.history.map((step: { to: string }) => step.to);
      expect(path).toEqual([
        ...before.history.map((step: { to: string }) => step.to),
        ...(cell === from ? [] : [cell]),
      ]);
    } else {
      expect([answer.status, answer.json.code]).toEqual(cell);
      expect({ ...after, reports: before.reports }).toEqual(before);
    }
    const { host, openMigration } = await placeOf(vm);
    expect(host).toBe(after.state === 'landed' ? 'mig-target' : 'mig-source');
    expect(openMigration).toBe(['landed', 'aborted', 'revoked'].includes(after.state) ? null : id);
  });

  test('the clock', async () => {
    const { id } = await lab.bring(from);
    await api.migrations.due('default', id);
    expect((await lab.get(id)).state).toBe(from);
    await lab.passTime(id);
    const to = { admitted: 'revoked', verified: 'revoked', 'in-flight': 'unreported' }[from as 'admitted'] ?? from;
    expect(await api.migrations.due('default', id)).toBe(to);
    expect(await api.migrations.due('default', id)).toBe(to);
    expect((await lab.get(id)).state).toBe(to);
  });
});

describe('who may run the VM', () => {
  test.each([
    ['admitted', ['mig-source']],
    ['verified', ['mig-source']],
    ['in-flight', ['mig-source', 'mig-target']],
    ['unreported', ['mig-source', 'mig-target']],
    ['landed', ['mig-target']],
    ['aborted', ['mig-source']],
    ['revoked', ['mig-source']],
  ] as const)('%s: %s', async (state, hosts) => {
    const { vm } = await lab.bring(state);
    expect((await placeOf(vm)).mayRunOn).toEqual(hosts);
  });
});

describe('a migration that nobody reported by its deadline', () => {
  const report = (id: string, side: string, outcome: string) =>
    api.admin.post(`/v1/migrations/${id}/report`, { side, outcome });

  test.each([
    ['landed', 'landed', 'mig-target'],
    ['failed', 'aborted', 'mig-source'],
  ])('ends when both sides say %s', async (outcome, state, host) => {
    const { id, vm } = await lab.bring('unreported');
    const first = await report(id, 'source', outcome);
    expect([first.status, first.json.state, first.json.why]).toEqual([
      200,
      'unreported',
      `nobody reported by the deadline; the source says ${outcome}, the other side has not spoken`,
    ]);
    const again = await report(id, 'source', outcome);
    expect(again.json.reports).toHaveLength(1);
    const second = await report(id, 'target', outcome);
    expect([second.json.state, second.json.why]).toEqual([state, `both sides reported ${outcome}`]);
    expect((await placeOf(vm)).host).toBe(host);
  });

  test.each([
    ['failed', 'landed', ['mig-source', 'mig-target']],
    ['landed', 'failed', []],
  ])('waits when the source says %s and the target %s', async (source, target, hosts) => {
    const { id, vm } = await lab.bring('unreported');
    await report(id, 'source', source);
    const both = await report(id, 'target', target);
    expect([both.json.state, both.json.why]).toEqual([
      'unreported',
      expect.stringContaining(`the source says ${source}, the target says ${target}, which cannot both be`),
    ]);
    expect(await placeOf(vm)).toEqual({ host: 'mig-source', openMigration: id, mayRunOn: hosts });
    expect((await lab.open(vm)).json).toMatchObject({ code: 'MIGRATION_OPEN', migration: id });
    const ended = await report(id, 'source', target);
    expect(ended.json.state).toBe(target === 'landed' ? 'landed' : 'aborted');
  });

  test.each([
    ['source', 'landed', ['mig-target']],
    ['source', 'failed', ['mig-source', 'mig-target']],
    ['target', 'landed', ['mig-source', 'mig-target']],
    ['target', 'failed', ['mig-source']],
  ])('has one word: the %s says %s', async (side, outcome, hosts) => {
    const { id, vm } = await lab.bring('unreported');
    await report(id, side, outcome);
    expect((await placeOf(vm)).mayRunOn).toEqual(hosts);
  });
});
