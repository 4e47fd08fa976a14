import { SweepChunks, type SweepRecord, type SweepRequest, Sweeps } from '@berth/application';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fingerprint, manifest, minutesAgo, openFleet, type TestFleet } from '../../../../test/support/fleet.js';
import { openDatabase } from '../database/open-database.js';

let fleet: TestFleet;
let sweeps: Sweeps;
let chunks: SweepChunks;

const sql = async (text: string, values: unknown[] = []) => (await fleet.database.pool.query(text, values)).rows;
const all: SweepRequest = { vms: { all: true }, targets: { all: true } };

async function start(request: SweepRequest): Promise<string> {
  const started = await sweeps.start(fleet.operator, request);
  if (started.kind !== 'accepted') throw new Error(JSON.stringify(started));
  return started.id;
}

async function found(id: string): Promise<SweepRecord> {
  const got = await sweeps.get(fleet.operator, id);
  if (got.kind !== 'found') throw new Error(got.kind);
  return got.sweep;
}

async function refsOf(id: string): Promise<{ fleet: string; sweep: string; chunk: number }[]> {
  const rows = await sql('SELECT payload FROM outbox WHERE payload ->> $1 = $2 ORDER BY id', ['sweep', id]);
  return rows.map(({ payload: { fleet, sweep, chunk } }) => ({ fleet, sweep, chunk }));
}

const resultsOf = (id: string) =>
  sql('SELECT vm, target, outcome FROM sweep_result WHERE sweep = $1 ORDER BY vm, target', [id]);

/** Machines of their own, so that none is taken for the VM's source. */
async function addHosts(...names: readonly string[]): Promise<void> {
  for (const name of names)
    await fleet.registerFingerprint.run(fleet.operator, name, fingerprint(minutesAgo(1), { machineId: name }), {});
}

/** Many of each, as copies of one that was registered. */
async function populate(vms: number, hosts: number): Promise<void> {
  const { registerFingerprint, registerManifest, operator } = fleet;
  await registerFingerprint.run(operator, 'h0', fingerprint(minutesAgo(1)), {});
  await registerManifest.run(operator, 'vm0', manifest({ host: 'h0' }), {});
  const columns = 'fleet, revision, state, labels, digest, collected_at, collected_as';
  await sql(
    `INSERT INTO host (name, ${columns}) SELECT 'h' || n, ${columns} FROM host, generate_series(1, $1) n WHERE name = 'h0' AND fleet = 'default'`,
    [hosts - 1],
  );
  await sql(
    `INSERT INTO vm (name, fleet, revision, host, digest, labels)
     SELECT 'vm' || n, fleet, revision, 'h' || n % $2, digest, jsonb_build_object('third', (n % 3)::text)
     FROM vm, generate_series(1, $1) n WHERE name = 'vm0' AND fleet = 'default'`,
    [vms - 1, hosts],
  );
}

beforeAll(async () => {
  fleet = await openFleet({ connections: 12 });
  sweeps = new Sweeps(fleet.database.work, fleet.database.sweeps);
  chunks = new SweepChunks(fleet.database.sweeps, fleet.database.documents);
});
beforeEach(async () => {
  await sql('TRUNCATE vm, host, sweep, outbox CASCADE');
});
afterAll(() => fleet?.close());

describe('a sweep', () => {
  test('asks every VM about every target but its own host, once, and succeeds with its last chunk', async () => {
    await populate(60, 25);
    const id = await start(all);
    expect(await found(id)).toMatchObject({ state: 'queued', progress: { done: 0, total: 60 * 24 }, policy: 'strict' });
    const refs = await refsOf(id);
    expect(refs.length).toBeGreaterThan(2);
    const [first, ...rest] = refs;
    if (first === undefined) throw new Error('no chunk');
    expect(await chunks.run(first)).toMatchObject({ kind: 'done' });
    expect(await found(id)).toMatchObject({ state: 'running' });
    for (const ref of rest) await chunks.run(ref);
    const sweep = await found(id);
    expect(sweep).toMatchObject({ state: 'succeeded', progress: { done: 60 * 24, total: 60 * 24 } });
    expect(sweep.finishedAt).toBeInstanceOf(Date);
    const pairs = new Set((await resultsOf(id)).map(({ vm, target }) => `${vm} ${target}`));
    expect(pairs.size).toBe(60 * 24);
    for (let n = 0; n < 60; n++) expect(pairs.has(`vm${n} h${n % 25}`)).toBe(false);
  });

  test('gives each pair the outcome that a preflight gives it', async () => {
    const phases: SweepRequest['phases'] = ['policy', 'vm', 'memslot', 'fault'];
    await populate(2, 1);
    await addHosts('fit', 'full');
    await fleet.registerFingerprint.run(
      fleet.operator,
      'vague',
      fingerprint(minutesAgo(1), { machineId: 'vague', cpu: {}, kvm: {} }),
      {},
    );
    await fleet.hosts.patch(fleet.operator, 'full', { state: 'cordoned' });
    const id = await start({ ...all, phases });
    for (const ref of await refsOf(id)) await chunks.run(ref);
    const listed = await sweeps.results(fleet.operator, id, { limit: 100 });
    if (listed.kind !== 'listed') throw new Error(listed.kind);
    expect(listed.items).toHaveLength(6);
    for (const { vm, target, outcome, wouldFail } of listed.items) {
      const asked = await fleet.preflights.ask(fleet.operator, { vm, target, phases });
      if (asked.kind !== 'answered') throw new Error(asked.kind);
      expect({ vm, target, outcome, wouldFail }).toEqual({
        vm,
        target,
        outcome: asked.verdict.decision.outcome,
        wouldFail: asked.verdict.decision.wouldFail,
      });
    }
    const { counts } = await found(id);
    expect(counts).toEqual({
      compatible: listed.items.filter(({ outcome }) => outcome === 'compatible').length,
      incompatible: listed.items.filter(({ outcome }) => outcome === 'incompatible').length,
      indeterminate: listed.items.filter(({ outcome }) => outcome === 'indeterminate').length,
    });
    expect(listed.items.some(({ wouldFail }) => wouldFail?.reason === 'HOST_CORDONED')).toBe(true);
  });

  test('whose chunks are run three times each, all at once, has the same results', async () => {
    await populate(60, 25);
    const id = await start(all);
    const refs = await refsOf(id);
    const runs = await Promise.all([...refs, ...refs, ...refs].map((ref) => chunks.run(ref)));
    expect(runs.filter((run) => run.kind === 'done')).toHaveLength(refs.length);
    expect(await found(id)).toMatchObject({ state: 'succeeded', progress: { done: 60 * 24, total: 60 * 24 } });
    expect(await resultsOf(id)).toHaveLength(60 * 24);
  });

  test('is one transaction: its row, its chunks, its jobs and its audit row', async () => {
    await populate(3, 3);
    const id = await start({ vms: { names: ['vm2', 'vm0'] }, targets: { host: 'h1' }, policy: 'kernel' });
    expect(await found(id)).toMatchObject({ policy: 'kernel', progress: { total: 2 } });
    expect(await sql('SELECT vms, vm_hosts, targets, state FROM sweep_chunk WHERE sweep = $1', [id])).toEqual([
      { vms: ['vm0', 'vm2'], vm_hosts: ['h0', 'h2'], targets: ['h1'], state: 'open' },
    ]);
    expect(await sql('SELECT queue, job_id, payload FROM outbox')).toEqual([
      { queue: 'berth.sweep', job_id: `${id}.0`, payload: { v: 1, fleet: 'default', sweep: id, chunk: 0 } },
    ]);
    expect(await sql('SELECT action, detail FROM audit WHERE subject = $1', [id])).toEqual([
      { action: 'sweep.start', detail: { vms: 2, targets: 1, total: 2 } },
    ]);
  });

  test('selects by label, by host, and by name', async () => {
    await populate(12, 4);
    await sql(`UPDATE host SET labels = '{"rack": "r1"}' WHERE name = 'h3'`);
    const total = async (request: SweepRequest): Promise<number> => (await found(await start(request))).progress.total;
    expect(await total({ vms: { labels: { third: '1' } }, targets: { all: true } })).toBe(4 * 3);
    expect(await total({ vms: { host: 'h2' }, targets: { all: true } })).toBe(3 * 3);
    expect(await total({ vms: { host: 'h2' }, targets: { labels: { rack: 'r1' } } })).toBe(3);
    expect(await total({ vms: { names: ['vm1', 'vm1'] }, targets: { names: ['h0'] } })).toBe(1);
  });

  test('of nothing, or of what is not there, is refused and leaves nothing behind', async () => {
    await populate(3, 3);
    const refused = (request: SweepRequest) => sweeps.start(fleet.operator, request);
    expect(await refused({ ...all, vms: { names: ['vm0', 'vm9'] } })).toEqual({
      kind: 'name-unknown',
      which: 'vms',
      name: 'vm9',
    });
    expect(await refused({ ...all, targets: { names: ['h9'] } })).toEqual({
      kind: 'name-unknown',
      which: 'targets',
      name: 'h9',
    });
    expect(await refused({ ...all, targets: { host: 'h9' } })).toEqual({
      kind: 'name-unknown',
      which: 'targets',
      name: 'h9',
    });
    expect(await refused({ ...all, vms: { host: 'h9' } })).toEqual({ kind: 'name-unknown', which: 'vms', name: 'h9' });
    expect(await refused({ ...all, vms: { labels: { no: 'one' } } })).toEqual({ kind: 'selector-empty', which: 'vms' });
    expect(await refused({ ...all, targets: { labels: { no: 'one' } } })).toEqual({
      kind: 'selector-empty',
      which: 'targets',
    });
    expect(await refused({ ...all, vms: { names: [] } })).toEqual({ kind: 'selector-empty', which: 'vms' });
    expect(await refused({ vms: { names: ['vm1'] }, targets: { host: 'h1' } })).toEqual({
      kind: 'selector-empty',
      which: 'targets',
    });
    expect(await sweeps.start(fleet.stranger, all)).toEqual({ kind: 'selector-empty', which: 'vms' });
    expect(await sweeps.start(fleet.stranger, { ...all, vms: { names: ['vm0'] } })).toMatchObject({
      kind: 'name-unknown',
    });
    expect(await sql('SELECT FROM sweep UNION ALL SELECT FROM outbox')).toEqual([]);
  });

  test('is not there for another fleet, nor is what was never a sweep', async () => {
    await populate(2, 2);
    const id = await start(all);
    const unknown = { kind: 'sweep-unknown' };
    expect(await sweeps.get(fleet.stranger, id)).toEqual(unknown);
    expect(await sweeps.results(fleet.stranger, id, { limit: 9 })).toEqual(unknown);
    expect(await sweeps.cancel(fleet.stranger, id)).toEqual(unknown);
    expect(await sweeps.get(fleet.operator, 'no-uuid')).toEqual(unknown);
    expect(await sweeps.cancel(fleet.operator, 'no-uuid')).toEqual(unknown);
    expect(await chunks.run({ fleet: 'other', sweep: id, chunk: 0 })).toEqual({ kind: 'over' });
    expect(await found(id)).toMatchObject({ state: 'queued' });
  });

  test('that is cancelled stays so, and a chunk that ends later adds nothing', async () => {
    await populate(60, 25);
    const id = await start(all);
    const [first, second] = await refsOf(id);
    if (first === undefined || second === undefined) throw new Error('no chunk');
    await chunks.run(first);
    const begun = await fleet.database.sweeps.begin(second);
    expect(begun).toBeDefined();
    expect(await sweeps.cancel(fleet.operator, id)).toEqual({ kind: 'cancelled' });
    expect(await sweeps.cancel(fleet.operator, id)).toEqual({ kind: 'cancelled' });
    expect(await fleet.database.sweeps.complete(second, [], 0)).toBe(false);
    expect(await chunks.run(second)).toEqual({ kind: 'over' });
    const sweep = await found(id);
    expect(sweep.state).toBe('cancelled');
    expect(await resultsOf(id)).toHaveLength(sweep.progress.done);
    expect(await fleet.database.sweeps.lost(0, 1000)).toEqual([]);
    expect(await sql('SELECT action FROM audit WHERE subject = $1 ORDER BY id', [id])).toEqual([
      { action: 'sweep.start' },
      { action: 'sweep.cancel' },
    ]);
  });

  test('that has finished cannot be cancelled', async () => {
    await populate(2, 2);
    const id = await start(all);
    for (const ref of await refsOf(id)) await chunks.run(ref);
    expect(await sweeps.cancel(fleet.operator, id)).toEqual({ kind: 'already-finished' });
    expect(await found(id)).toMatchObject({ state: 'succeeded' });
  });

  test('goes on without a VM and a host that were deleted meanwhile', async () => {
    await populate(3, 3);
    const id = await start(all);
    await fleet.vms.remove(fleet.operator, 'vm1');
    await fleet.hosts.remove(fleet.operator, 'h1');
    for (const ref of await refsOf(id)) await chunks.run(ref);
    expect(await found(id)).toMatchObject({ state: 'succeeded', progress: { done: 2, total: 2 } });
    expect(await resultsOf(id)).toMatchObject([
      { vm: 'vm0', target: 'h2' },
      { vm: 'vm2', target: 'h0' },
    ]);
  });

  test('fails, with its reason, when a chunk fails for the fifth time', async () => {
    await populate(2, 2);
    const id = await start(all);
    const [ref] = await refsOf(id);
    if (ref === undefined) throw new Error('no chunk');
    await sql(`BEGIN; SET LOCAL session_replication_role = replica; UPDATE manifest SET document = '{'; COMMIT`);
    // One that has parsed nothing yet.
    const worker = await openDatabase({ url: fleet.url, allowVolatile: true });
    const chunks = new SweepChunks(worker.sweeps, worker.documents);
    try {
      for (let attempt = 1; attempt < 5; attempt++) await expect(chunks.run(ref)).rejects.toThrow(SyntaxError);
      expect(await found(id)).toMatchObject({ state: 'running' });
      expect(await chunks.run(ref)).toMatchObject({ kind: 'given-up' });
      expect(await found(id)).toMatchObject({
        state: 'failed',
        failure: expect.stringContaining('chunk 0 failed 5 times'),
      });
      expect(await chunks.run(ref)).toEqual({ kind: 'over' });
    } finally {
      await worker.close();
      await sql('TRUNCATE vm, vm_revision, manifest CASCADE');
    }
  });

  test('fails, with its reason, when a chunk is begun again and again and never ends', async () => {
    await populate(2, 2);
    const id = await start(all);
    const [ref] = await refsOf(id);
    if (ref === undefined) throw new Error('no chunk');
    await sql('UPDATE sweep_chunk SET started = 50');
    expect(await chunks.run(ref)).toMatchObject({ kind: 'given-up' });
    expect(await found(id)).toMatchObject({
      state: 'failed',
      failure: 'chunk 0 was begun 50 times and never finished',
    });
  });

  test('lists its results page by page, also by outcome', async () => {
    await populate(8, 1);
    await addHosts('fit', 'full', 'free');
    await fleet.hosts.patch(fleet.operator, 'full', { state: 'cordoned' });
    const id = await start({ ...all, phases: ['policy'] });
    for (const ref of await refsOf(id)) await chunks.run(ref);
    const walk = async (outcome?: 'incompatible', cursor?: string): Promise<string[]> => {
      const page = await sweeps.results(fleet.operator, id, { limit: 5, cursor, outcome });
      if (page.kind !== 'listed') throw new Error(page.kind);
      const here = page.items.map(({ vm, target }) => `${vm} ${target}`);
      return page.nextCursor === undefined ? here : [...here, ...(await walk(outcome, page.nextCursor))];
    };
    expect(await walk()).toEqual((await resultsOf(id)).map(({ vm, target }) => `${vm} ${target}`));
    const refused = await walk('incompatible');
    expect(refused).toEqual(
      (await resultsOf(id))
        .filter(({ outcome }) => outcome === 'incompatible')
        .map(({ vm, target }) => `${vm} ${target}`),
    );
    expect(refused).toHaveLength(8);
    const first = await sweeps.results(fleet.operator, id, { limit: 5 });
    const foreign = first.kind === 'listed' ? first.nextCursor : undefined;
    expect(await sweeps.results(fleet.operator, id, { limit: 5, cursor: foreign, outcome: 'incompatible' })).toEqual({
      kind: 'cursor-invalid',
    });
  });

  test('hands out open chunks that nobody has touched for a while, and each once', async () => {
    await populate(60, 25);
    const id = await start(all);
    const refs = await refsOf(id);
    const { lost } = fleet.database.sweeps;
    const lostSince = (ms: number) => lost.call(fleet.database.sweeps, ms, 1000);
    expect(await lostSince(5_000)).toEqual([]);
    await sql(`UPDATE sweep_chunk SET touched_at = now() - interval '10 seconds'`);
    const [done] = refs;
    if (done === undefined) throw new Error('no chunk');
    await chunks.run(done);
    const twice = await Promise.all([lostSince(5_000), lostSince(5_000)]);
    expect(
      twice
        .flat()
        .map((ref) => ref.chunk)
        .sort((a, b) => a - b),
    ).toEqual(refs.slice(1).map((ref) => ref.chunk));
    expect(await lostSince(5_000)).toEqual([]);
  });

  test('of 200,000 pairs is started by a few set-based statements', async () => {
    await populate(1000, 200);
    const began = performance.now();
    const id = await start(all);
    process.stderr.write(`a sweep of 199,000 pairs was started in ${Math.round(performance.now() - began)} ms\n`);
    expect(await found(id)).toMatchObject({ progress: { total: 1000 * 199 } });
    const [count] = await sql(
      'SELECT count(*)::int AS chunks, sum(cardinality(vms) * cardinality(targets))::int AS pairs FROM sweep_chunk',
    );
    expect(count).toEqual({ chunks: 460, pairs: 200_000 });
  });
});
