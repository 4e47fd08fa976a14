import { DriftReconciler, Drifts, type Job, RegisterFingerprint } from '@berth/application';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DriftLab } from '../../../../test/support/drift-lab.js';
import { fingerprint, minutesAgo } from '../../../../test/support/fleet.js';
import { MIGRATABLE_VM, UNFIT_HOST } from '../../../../test/support/migratable.js';

const PATCH = { state: 'cordoned' } as const;
/** No host of the lab has so much address space. */
const TOO_LARGE = { ...MIGRATABLE_VM, vm: { type: 'normal', ipaBits: 52, mte: false } };

let lab: DriftLab;
beforeAll(async () => {
  lab = await DriftLab.open();
});
afterAll(() => lab?.close());

/** Each test has a fleet of its own making, from nothing. */
beforeEach(async () => {
  await lab.query(
    'TRUNCATE migration, migration_step, migration_report, vm, vm_revision, host, host_revision, host_liveness, preflight, preflight_verdict CASCADE',
  );
  for (const name of ['home', 'a', 'b', 'c']) await lab.host(name);
  await lab.vm('vm', 'home');
  await lab.forget();
});

const patch = (host: string, change: object) => lab.fleet.hosts.patch(lab.fleet.operator, host, change);
const beat = (host: string, bootId: string, digest: string) =>
  lab.fleet.hosts.heartbeat(lab.fleet.operator, host, { bootId, digest });
const digestOf = async (host: string): Promise<string> => {
  const found = await lab.fleet.hosts.get(lab.fleet.operator, host);
  return found.kind === 'found' ? found.digest : found.kind;
};
const answers = async () =>
  (await lab.told('answer.changed')).map(({ data }) => [data.vm, data.target, data.was, data.outcome, data.reason]);
const few = async () => (await lab.told('vm.targets-few')).map(({ data }) => [data.vm, data.count, data.targets]);

describe('what is worth a look', () => {
  const changed = async () => (await lab.jobs()).map(({ kind, name }) => `${kind} ${name}`);

  test.each<[string, () => Promise<unknown>, string[]]>([
    ['a host with other facts', () => lab.host('a', UNFIT_HOST), ['host a']],
    ['a host that is cordoned', () => patch('a', PATCH), ['host a']],
    ['a host that is gone', () => lab.fleet.hosts.remove(lab.fleet.operator, 'a'), ['host a']],
    ['a VM with other needs', () => lab.vm('vm', 'home', TOO_LARGE), ['vm vm']],
    [
      'a VM that runs elsewhere',
      () => lab.fleet.vms.relocate(lab.fleet.operator, 'vm', { host: 'a', reason: 'x' }),
      ['vm vm'],
    ],
    ['a reboot', async () => beat('a', 'another boot', await digestOf('a')), ['host a']],
    ['a digest that is not known', async () => beat('a', 'boot of a', `sha256:${'0'.repeat(64)}`), ['host a']],
    ['the same facts again', () => lab.host('a'), []],
    ['another label', () => patch('a', { labels: new Map([['rack', 'r1']]) }), []],
    ['the state that it has', () => patch('a', { state: 'active' }), []],
    ['a heartbeat', async () => beat('a', 'boot of a', await digestOf('a')), []],
    ['a new host', () => lab.host('d'), []],
    ['a new VM', () => lab.vm('vm-2', 'home'), []],
  ])('%s', async (_, change, expected) => {
    await change();
    expect(await changed()).toEqual(expected);
  });

  test('is looked at once, when it has changed often', async () => {
    await lab.host('a', UNFIT_HOST);
    await patch('a', PATCH);
    await patch('a', { state: 'maintenance' });
    const jobs = await lab.jobs();
    const runs = [];
    for (const job of jobs) runs.push((await lab.run(job)).kind);
    expect(runs).toEqual(['over', 'over', 'done']);
    await lab.settle();
    expect(await lab.query('SELECT * FROM drift')).toEqual([]);
  });

  test('is written with the change, or not at all', async () => {
    const { database, operator } = lab.fleet;
    const failing = {
      run: (work: never) =>
        database.work.run(async (tx) => {
          await (work as (t: typeof tx) => Promise<unknown>)(tx);
          throw new Error('no commit');
        }),
    };
    await expect(
      new RegisterFingerprint(failing as never, database.hosts).run(
        operator,
        'a',
        fingerprint(minutesAgo(0), { machineId: 'machine of a' }),
      ),
    ).rejects.toThrow('no commit');
    expect(await lab.jobs()).toEqual([]);
    expect(await lab.query('SELECT * FROM drift')).toEqual([]);
  });
});

describe('an answer that still holds', () => {
  test('and would be another now is told of, once, with what made it so', async () => {
    const id = await lab.ask('vm', 'a');
    await lab.ask('vm', 'b');
    await lab.host('a', UNFIT_HOST);
    await lab.settle();
    const data = {
      preflight: id,
      vm: 'vm',
      target: 'a',
      was: 'compatible',
      outcome: 'incompatible',
      reason: 'IPA_SIZE_UNSUPPORTED',
      cause: { kind: 'host', name: 'a' },
    };
    expect(await lab.told('answer.changed')).toEqual([{ type: 'answer.changed', subject: 'vms/vm', data }]);
    await patch('a', PATCH);
    await lab.settle();
    expect(await answers()).toHaveLength(1);
  });

  test('is told of again when it is as it was', async () => {
    await lab.ask('vm', 'a');
    await patch('a', PATCH);
    await lab.settle();
    await patch('a', { state: 'active' });
    await lab.settle();
    expect(await answers()).toEqual([
      ['vm', 'a', 'compatible', 'incompatible', expect.any(String)],
      ['vm', 'a', 'incompatible', 'compatible', null],
    ]);
  });

  test('is told of by every question that was asked, and by those that the change does not touch not', async () => {
    const ids = [await lab.ask('vm', 'a'), await lab.ask('vm', 'a'), await lab.ask('vm', 'a', { policy: 'kernel' })];
    await lab.ask('vm', 'a', { phases: ['memslot'] });
    await patch('a', PATCH);
    await lab.settle();
    const told = (await lab.told('answer.changed')).map(({ data }) => data.preflight);
    expect(told.toSorted()).toEqual(ids.toSorted());
  });

  test('and rests on the VM, or on the host that it runs on, is among them', async () => {
    await lab.ask('vm', 'a');
    await lab.vm('vm', 'home', TOO_LARGE);
    await lab.settle();
    expect(await answers()).toEqual([['vm', 'a', 'compatible', 'incompatible', 'IPA_SIZE_UNSUPPORTED']]);
    await lab.vm('vm-2', 'b');
    await lab.ask('vm-2', 'a');
    await lab.forget();
    await lab.fleet.vms.relocate(lab.fleet.operator, 'vm-2', { host: 'a', reason: 'a mistake' });
    await lab.settle();
    expect(await answers()).toEqual([['vm-2', 'a', 'compatible', 'incompatible', 'SAME_HOST']]);
  });

  test('ends in doubt with a reboot, and is as it was with the facts of that boot', async () => {
    await lab.ask('vm', 'a');
    await beat('a', 'another boot', await digestOf('a'));
    await lab.settle();
    await beat('a', 'another boot', await digestOf('a'));
    expect(await lab.settle()).toBe(0);
    await beat('a', 'boot of a', await digestOf('a'));
    await lab.settle();
    expect(await answers()).toEqual([
      ['vm', 'a', 'compatible', 'indeterminate', 'FACTS_NOT_FRESH'],
      ['vm', 'a', 'indeterminate', 'compatible', null],
    ]);
  });

  test('cannot be asked again when its target is gone', async () => {
    await lab.ask('vm', 'a');
    await lab.fleet.hosts.remove(lab.fleet.operator, 'a');
    await lab.settle();
    expect(await answers()).toEqual([['vm', 'a', 'compatible', null, null]]);
  });

  test('and one that does not hold any more are told apart', async () => {
    await lab.ask('vm', 'a');
    await lab.query('UPDATE preflight SET valid_until = now()');
    await patch('a', PATCH);
    await lab.settle();
    expect(await answers()).toEqual([]);
  });

  test('is found among hundreds', async () => {
    const id = await lab.ask('vm', 'a');
    await lab.query(
      `INSERT INTO preflight (fleet, id, vm, vm_revision, manifest_digest, target, target_revision, target_state, target_freshness, fingerprint_digest, outcome, rulebook, key_id, evaluated_at, valid_until)
       SELECT fleet, gen_random_uuid(), vm, vm_revision, manifest_digest, target, target_revision, target_state, target_freshness, fingerprint_digest, outcome, rulebook, key_id, evaluated_at, valid_until
       FROM preflight, generate_series(1, 500) WHERE id = $1`,
      [id],
    );
    await patch('a', PATCH);
    expect(await lab.settle()).toBe(4);
    const told = (await lab.told('answer.changed')).map(({ data }) => data.preflight);
    expect([told.length, new Set(told).size]).toEqual([501, 501]);
  });
});

describe('a VM', () => {
  test('that is left with one target, or none, is told of', async () => {
    for (const host of ['a', 'b', 'c']) {
      await lab.host(host, UNFIT_HOST);
      await lab.settle();
    }
    expect(await few()).toEqual([
      ['vm', 1, ['c']],
      ['vm', 0, []],
    ]);
    expect((await lab.told('vm.targets-few'))[0]).toMatchObject({
      subject: 'vms/vm',
      data: { cause: { kind: 'host', name: 'b' } },
    });
  });

  test('is told of whatever took its target away', async () => {
    await patch('a', PATCH);
    await lab.settle();
    await beat('b', 'another boot', await digestOf('b'));
    await lab.settle();
    await lab.fleet.hosts.remove(lab.fleet.operator, 'c');
    await lab.settle();
    expect(await few()).toEqual([
      ['vm', 1, ['c']],
      ['vm', 0, []],
    ]);
  });

  test('that lost nothing by the change is not', async () => {
    await lab.vm('vm-large', 'home', TOO_LARGE);
    await lab.forget();
    for (const host of ['a', 'b']) await patch(host, PATCH);
    await lab.settle();
    await lab.forget();
    await lab.host('a', UNFIT_HOST);
    await patch('b', { state: 'active' });
    await lab.settle();
    expect(await few()).toEqual([]);
  });

  test('whose own needs leave it without a target is told of', async () => {
    await lab.vm('vm', 'home', TOO_LARGE);
    await lab.settle();
    expect(await few()).toEqual([['vm', 0, []]]);
    await lab.vm('vm', 'home', { ...TOO_LARGE, vcpu: {} });
    await lab.settle();
    expect(await few()).toHaveLength(1);
  });

  test('of another fleet is its own', async () => {
    await lab.query(`INSERT INTO manifest SELECT 'other', digest, document FROM manifest ON CONFLICT DO NOTHING`);
    await lab.query(
      `INSERT INTO vm (fleet, name, revision, host, digest) SELECT 'other', name, 1, host, digest FROM vm`,
    );
    await patch('a', PATCH);
    await lab.settle();
    await patch('b', PATCH);
    await lab.settle();
    expect(await lab.query(`SELECT fleet, subject FROM event WHERE type = 'vm.targets-few'`)).toEqual([
      { fleet: 'default', subject: 'vms/vm' },
    ]);
  });

  test('is found among hundreds, part by part', async () => {
    await lab.query(
      `INSERT INTO vm (fleet, name, revision, host, digest) SELECT fleet, 'vm-' || n, 1, host, digest FROM vm, generate_series(1, 350) n`,
    );
    await patch('a', PATCH);
    expect(await lab.settle()).toBe(1 + 4);
    expect(await few()).toEqual([]);
    await patch('b', PATCH);
    expect(await lab.settle()).toBe(1 + 4);
    const names = (await few()).map(([vm]) => vm);
    expect([names.length, new Set(names).size]).toEqual([351, 351]);
  });
});

describe('a migration that hangs on it', () => {
  test('is revoked when it is compatible no more, before anything else is looked at', async () => {
    const opened = await lab.fleet.migrations.open(lab.fleet.operator, { vm: 'vm', target: 'a' });
    if (opened.kind !== 'opened') throw new Error(opened.kind);
    const { id } = opened.migration;
    await lab.host('a', UNFIT_HOST);
    const [job] = await lab.jobs();
    if (job === undefined) throw new Error('no job');
    await lab.run(job);
    expect(await lab.query('SELECT state FROM migration WHERE id = $1', [id])).toEqual([{ state: 'revoked' }]);
  });
});

test('a migration that cannot be looked at keeps no other waiting', async () => {
  await patch('a', PATCH);
  const [job] = await lab.jobs();
  if (job === undefined) throw new Error('no job');
  const { v: _, ...ref } = job;
  const looked: string[] = [];
  const reconsider = async (__: string, id: string): Promise<void> => {
    looked.push(id);
    if (id === 'first') throw new Error('cannot be looked at');
  };
  const migrations = { openOn: async () => ['first', 'second'], reconsider };
  await expect(new Drifts({ ...lab.ports(), migrations }).run(ref)).rejects.toThrow('cannot be looked at');
  expect(looked).toEqual(['first', 'second']);
});

describe('the work', () => {
  test('is told of once when it is done by two at once, and by one who was late', async () => {
    await lab.ask('vm', 'a');
    await patch('b', PATCH);
    await patch('c', PATCH);
    await lab.settle();
    await lab.forget();
    await patch('a', PATCH);
    for (let jobs = await lab.jobs(); jobs.length > 0; jobs = await lab.jobs()) {
      const runs = await Promise.all(jobs.flatMap((job) => [lab.run(job), lab.run(job), lab.run(job)]));
      expect(runs.filter(({ kind }) => kind === 'done')).toHaveLength(jobs.length);
      for (const job of jobs) expect(await lab.run(job)).toEqual({ kind: 'over' });
    }
    expect(await answers()).toHaveLength(1);
    expect(await few()).toEqual([['vm', 0, []]]);
  });

  test('whose job was lost is done by another', async () => {
    await lab.ask('vm', 'a');
    await patch('a', PATCH);
    await lab.jobs();
    const sent: Job[] = [];
    const reconciler = new DriftReconciler(lab.fleet.database.drift, { send: async (jobs) => void sent.push(...jobs) });
    expect(await reconciler.run()).toBe(0);
    await lab.query(`UPDATE drift SET touched_at = now() - interval '11 s'`);
    expect(await reconciler.run()).toBe(1);
    expect(await reconciler.run()).toBe(0);
    for (const { payload } of sent) await lab.run(payload as never);
    await lab.settle();
    expect(await answers()).toHaveLength(1);
  });

  test('that fails again and again is a dead letter, and is done once it is put back', async () => {
    await lab.ask('vm', 'a');
    await patch('a', PATCH);
    const [job] = await lab.jobs();
    if (job === undefined) throw new Error('no job');
    const { v: _, ...ref } = job;
    await lab.query('ALTER TABLE preflight_verdict RENAME TO preflight_verdict_away');
    await lab.query('ALTER TABLE preflight RENAME TO preflight_away');
    for (let failures = 1; failures < 5; failures += 1) await expect(lab.drifts.run(ref)).rejects.toThrow('preflight');
    expect(await lab.drifts.run(ref)).toEqual({
      kind: 'given-up',
      why: expect.stringMatching(/^failed 5 times: .*preflight/),
    });
    await expect(lab.drifts.run(ref)).rejects.toThrow('preflight');
    expect(await lab.query('SELECT queue, payload::json AS payload FROM dead_letter')).toEqual([
      { queue: 'berth.drift', payload: job },
    ]);
    await lab.query(`UPDATE drift SET touched_at = now() - interval '11 s'`);
    expect(await new DriftReconciler(lab.fleet.database.drift, { send: async () => undefined }).run()).toBe(0);
    await lab.query('ALTER TABLE preflight_away RENAME TO preflight');
    await lab.query('ALTER TABLE preflight_verdict_away RENAME TO preflight_verdict');
    expect(await lab.drifts.run(ref)).toMatchObject({ kind: 'done' });
    await lab.settle();
    expect(await answers()).toHaveLength(1);
  });

  test('that dies in the middle leaves nothing half told', async () => {
    await lab.ask('vm', 'a');
    await patch('a', PATCH);
    const ports = lab.ports();
    const dying = {
      ...ports,
      work: {
        run: (work: never) =>
          ports.work.run(async (tx) => {
            await (work as (t: typeof tx) => Promise<unknown>)(tx);
            throw new Error('killed');
          }),
      },
    };
    const [job] = await lab.jobs();
    if (job === undefined) throw new Error('no job');
    const { v: _, ...ref } = job;
    await expect(new Drifts(dying as never).run(ref)).rejects.toThrow('killed');
    expect(await answers()).toEqual([]);
    await lab.run(job);
    expect(await answers()).toHaveLength(1);
  });
});
