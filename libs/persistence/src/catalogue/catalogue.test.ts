import { type CatalogueRowSubmission, Evaluations, Preflights, SweepChunks, Sweeps } from '@berth/application';
import { catalogueDigest, type JsonObject, parseCatalogueRow } from '@berth/contract';
import { openDatabase } from '@berth/persistence';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fingerprint, manifest, minutesAgo, openFleet, type TestFleet } from '../../../../test/support/fleet.js';

const MEMORY: JsonObject = {
  kind: 'mapping',
  drivers: ['acme_vfio_pci'],
  regions: [4],
  vmFlags: ['pfnmap', 'io', 'shared'],
  memoryTypes: ['normal'],
  kernelMapped: false,
  perPteProt: false,
  cite: 'acme-vfio 2.3 acme_vfio_main.c acme_vfio_mmap()',
};

function row(more: JsonObject = {}): CatalogueRowSubmission {
  const parsed = parseCatalogueRow({ ...MEMORY, ...more });
  if (parsed.kind === 'invalid') throw new Error(JSON.stringify(parsed.faults));
  return parsed.value;
}

const UNCACHED = row({ memoryTypes: ['device-nGnRnE'] });
const DEVICE = { vendorDevice: '1d0f:efa0', driver: 'acme_vfio_pci' };

/** A VM with memory of a driver that Berth does not know, of which the manifest says nothing. */
const WITH_DEVICE = manifest({
  devices: [{ name: 'dpu0', ...DEVICE }],
  memslots: [
    {
      slot: 0,
      gpa: '0x40000000',
      size: '0x200000',
      flags: [],
      mappings: [{ offset: '0x0', size: '0x200000', backing: 'vfio', device: 'dpu0', region: 4 }],
    },
  ],
});
const PHASES = ['memslot', 'fault'] as const;
const devices = [DEVICE];

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await openFleet({ connections: 20 });
  for (const caller of [fleet.operator, fleet.stranger]) {
    await fleet.registerFingerprint.run(caller, 'source', fingerprint(minutesAgo(5), { devices }));
    const target = fingerprint(minutesAgo(5), { machineId: 'machine-2', devices });
    await fleet.registerFingerprint.run(caller, 'target', target);
    await fleet.registerManifest.run(caller, 'vm', WITH_DEVICE);
  }
});
afterAll(() => fleet?.close());

beforeEach(async () => {
  const { rows } = await fleet.catalogue.list(fleet.operator);
  for (const { name } of rows) await fleet.catalogue.remove(fleet.operator, name);
});

const put = (name: string, submission = row(), ifMatch?: number) =>
  fleet.catalogue.put(fleet.operator, name, submission, { ifMatch });
const sql = async (text: string, values: unknown[] = []) => (await fleet.database.pool.query(text, values)).rows;

async function ask(caller = fleet.operator, preflights = fleet.preflights) {
  const answer = await preflights.ask(caller, { vm: 'vm', target: 'target', phases: PHASES });
  if (answer.kind !== 'answered') throw new Error(answer.kind);
  return answer;
}

const digestOf = (rows: Readonly<Record<string, JsonObject>>): string =>
  catalogueDigest(Object.entries(rows).map(([name, document]) => ({ row: name, ...document })));

describe('a row', () => {
  test('is stored, stays as it is when it is put again, and is replaced by another', async () => {
    const first = await put('acme');
    expect(first).toMatchObject({ kind: 'stored', created: true, changed: true, digest: row().digest });
    expect(await put('acme')).toEqual({ ...first, created: false, changed: false });
    const second = await put('acme', UNCACHED);
    expect(second).toMatchObject({ kind: 'stored', created: false, changed: true, digest: UNCACHED.digest });
    const revisions = [first, second].map((answer) => (answer.kind === 'stored' ? answer.revision : 0));
    expect(revisions[1]).toBeGreaterThan(revisions[0] ?? 0);
    expect(await fleet.catalogue.list(fleet.operator)).toMatchObject({
      digest: digestOf({ acme: UNCACHED.document }),
      rows: [{ name: 'acme', revision: revisions[1], digest: UNCACHED.digest, document: UNCACHED.document }],
    });
  });

  test('is written only over the revision that was quoted', async () => {
    expect(await put('quoted', row(), 7)).toEqual({ kind: 'revision-mismatch', revision: 0 });
    const made = await put('quoted', row(), 0);
    if (made.kind !== 'stored') throw new Error(made.kind);
    expect(await put('quoted', UNCACHED, 0)).toEqual({ kind: 'revision-mismatch', revision: made.revision });
    expect(await put('quoted', UNCACHED, made.revision)).toMatchObject({ kind: 'stored', changed: true });
  });

  test('that was removed and comes back has a revision that none had before', async () => {
    const before = await put('back');
    expect(await fleet.catalogue.remove(fleet.operator, 'back')).toEqual({ kind: 'removed' });
    expect(await fleet.catalogue.remove(fleet.operator, 'back')).toEqual({ kind: 'row-unknown' });
    const after = await put('back');
    if (before.kind !== 'stored' || after.kind !== 'stored') throw new Error('not stored');
    expect(after.revision).toBeGreaterThan(before.revision);
  });

  test('tells nothing that a built-in row tells, and nothing that another tells', async () => {
    const builtIn = await put('mine', row({ drivers: ['mlx5-vfio-pci'], regions: [0] }));
    expect(builtIn).toMatchObject({ kind: 'row-built-in', clashes: [{ row: { id: 'vfio-pci bar' } }] });
    expect(await put('vfio-cdx')).toMatchObject({ kind: 'row-built-in', clashes: [] });
    expect(await fleet.catalogue.remove(fleet.operator, 'vfio-cdx')).toEqual({ kind: 'row-built-in' });
    await put('acme');
    expect(await put('again', row({ regions: 'any' }))).toMatchObject({
      kind: 'row-clash',
      clashes: [{ row: { id: 'acme' } }],
    });
    expect(await put('beside', row({ regions: [5] }))).toMatchObject({ kind: 'stored' });
  });

  test('is one of so many at most', async () => {
    const full = 256;
    await sql(
      `INSERT INTO catalogue_row (fleet, name, revision, digest, document)
       SELECT 'default', 'r' || n, 1, $1, $2 FROM generate_series(1, $3) AS n`,
      [row().digest, JSON.stringify({ ...MEMORY, drivers: ['other'] }), full - 1],
    );
    expect(await put('last')).toMatchObject({ kind: 'stored' });
    expect(await put('one-more', row({ regions: [5] }))).toEqual({ kind: 'catalogue-full', most: full });
    expect(await put('last', UNCACHED)).toMatchObject({ kind: 'stored', changed: true });
  });

  test('leaves its audit row with the change, and none where nothing changed', async () => {
    const audit = () => sql(`SELECT action, detail FROM audit WHERE subject = 'audited' ORDER BY id`);
    await put('audited');
    await put('audited');
    await put('audited', UNCACHED, 99_999);
    await fleet.catalogue.remove(fleet.operator, 'audited');
    await fleet.catalogue.remove(fleet.operator, 'audited');
    const digest = row().digest;
    expect(await audit()).toEqual([
      { action: 'catalogue.put', detail: expect.objectContaining({ digest, was: null }) },
      { action: 'catalogue.remove', detail: expect.objectContaining({ digest }) },
    ]);
  });

  test('put by many at once clashes with all but one of them', async () => {
    const names = Array.from({ length: 12 }, (_, at) => `racer-${at}`);
    const answers = await Promise.all(names.map((name) => put(name)));
    expect(answers.filter(({ kind }) => kind === 'stored')).toHaveLength(1);
    expect(answers.filter(({ kind }) => kind === 'row-clash')).toHaveLength(names.length - 1);
    const beside = await Promise.all(names.map((name, at) => put(`${name}-own`, row({ drivers: [`acme_${at}`] }))));
    expect(new Set(beside.map((answer) => (answer.kind === 'stored' ? answer.revision : answer.kind))).size).toBe(12);
    const { digest, rows } = await fleet.catalogue.list(fleet.operator);
    expect(rows).toHaveLength(13);
    expect(digest).toBe(catalogueDigest(rows.map(({ name, document }) => ({ row: name, ...document }))));
  });
});

describe('a question', () => {
  test('is asked under the rows of its fleet, and its basis says so where there are any', async () => {
    const before = await ask();
    expect(before.verdict).toMatchObject({ decision: { outcome: 'indeterminate' }, basis: { catalogue: undefined } });
    await put('acme');
    const catalogue = digestOf({ acme: MEMORY });
    const { id, verdict } = await ask();
    expect(verdict).toMatchObject({ decision: { outcome: 'compatible' }, basis: { catalogue } });
    expect(verdict.decision.derived).toContainEqual(
      expect.objectContaining({ from: 'catalogue acme (added by an operator)' }),
    );
    expect(await fleet.preflights.get(fleet.operator, id)).toMatchObject({ verdict });
    expect((await ask(fleet.stranger)).verdict).toMatchObject({
      decision: { outcome: 'indeterminate' },
      basis: { catalogue: undefined },
    });
  });

  test('sees what another process added, and took back, at once', async () => {
    const other = await openDatabase({ url: fleet.url, allowVolatile: true });
    const asked = () => ask(fleet.operator, new Preflights(other.preflights, other.documents, other.catalogue));
    const outcomes: string[] = [];
    for (const change of [
      () => put('acme'),
      () => put('acme', UNCACHED),
      () => fleet.catalogue.remove(fleet.operator, 'acme'),
    ]) {
      await change();
      const { verdict } = await asked();
      const types = verdict.decision.memslots.map(({ stage2 }) => stage2);
      outcomes.push(`${verdict.decision.outcome} ${types} ${verdict.basis.catalogue === undefined}`);
    }
    await other.close();
    expect(outcomes).toEqual(['compatible normal-wb false', 'compatible device-nGnRE false', 'indeterminate  true']);
  });

  test('that was answered can be asked again under the rows of then, and of today', async () => {
    await put('acme');
    const { id, verdict } = await ask();
    await fleet.catalogue.remove(fleet.operator, 'acme');
    const replay = (request?: object) => fleet.preflights.replay(fleet.operator, id, request);
    expect(await replay({ catalogue: 'stored' })).toMatchObject({ same: true, original: verdict, replayed: verdict });
    for (const today of [await replay(), await replay({ catalogue: 'today' })]) {
      expect(today).toMatchObject({
        same: false,
        original: verdict,
        replayed: { decision: { outcome: 'indeterminate' }, basis: { catalogue: undefined } },
      });
    }
  });

  test('about documents that nobody registered is asked under them too, or under its own', async () => {
    const evaluations = new Evaluations(fleet.database.catalogue, fleet.database.documents);
    const target = fingerprint(minutesAgo(5), { devices });
    const evaluate = (more: object = {}) =>
      evaluations.run(fleet.operator, { manifest: WITH_DEVICE, target, phases: PHASES, ...more });
    expect(await evaluate()).toMatchObject({ decision: { outcome: 'indeterminate' } });
    await put('acme');
    const used = { decision: { outcome: 'compatible' }, basis: { catalogue: digestOf({ acme: MEMORY }) } };
    expect(await evaluate()).toMatchObject(used);
    expect(await evaluate({ catalogue: {} })).toMatchObject({
      decision: { outcome: 'indeterminate' },
      basis: { catalogue: undefined },
    });
    const { verdicts } = await evaluations.compare(fleet.operator, {
      manifest: WITH_DEVICE,
      target,
      phases: PHASES,
      policies: ['strict', 'kernel'],
    });
    expect(verdicts).toMatchObject([used, used]);
  });

  test('of a sweep is asked under the rows that stand when its work is done', async () => {
    const sweeps = new Sweeps(fleet.database.work, fleet.database.sweeps);
    const chunks = new SweepChunks(fleet.database.sweeps, fleet.database.documents);
    const swept = async (): Promise<readonly string[]> => {
      const request = { vms: { names: ['vm'] }, targets: { names: ['target'] }, phases: PHASES };
      const started = await sweeps.start(fleet.operator, request);
      if (started.kind !== 'accepted') throw new Error(started.kind);
      await put('acme');
      await chunks.run({ fleet: 'default', sweep: started.id, chunk: 0 });
      const results = await sweeps.results(fleet.operator, started.id, { limit: 10 });
      return results.kind === 'listed' ? results.items.map(({ outcome }) => outcome) : [];
    };
    expect(await swept()).toEqual(['compatible']);
  });
});

test('what an answer was asked under is never changed', async () => {
  await put('acme');
  for (const change of [`UPDATE catalogue_document SET document = '[]'`, 'DELETE FROM catalogue_document'])
    await expect(sql(change)).rejects.toThrow('its rows never change');
});
