import {
  type CandidateQuery,
  Classing,
  FleetQuestions,
  GROUPINGS,
  type StoredVerdict,
  TRAITS,
  traitOf,
} from '@berth/application';
import { parseCatalogueRow } from '@berth/contract';
import { type Decision, generationsOf, OUTCOMES, type Policy } from '@berth/engine';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fingerprint, manifest, minutesAgo, openFleet, type TestFleet } from '../../../../test/support/fleet.js';
import { mixedFleet, registerMixed } from '../../../../test/support/mixed-fleet.js';

const HOSTS = 70;
const VMS = 20;
const MIXED = mixedFleet(HOSTS, VMS, 20_261_120);
const EVERY = { limit: 1000, refused: true } as const;

let fleet: TestFleet;
let questions: FleetQuestions;
beforeAll(async () => {
  fleet = await openFleet();
  await registerMixed(fleet, MIXED);
  questions = new FleetQuestions(fleet.database.fleet, fleet.database.documents);
});
afterAll(() => fleet?.close());

const homeOf = async (vm: string): Promise<string | undefined> => (await fleet.database.vms.find('default', vm))?.host;

async function candidates(vm: string, query: CandidateQuery = EVERY, asked = questions) {
  const answer = await asked.candidates.of(fleet.operator, vm, query);
  if (answer.kind !== 'found') throw new Error(answer.kind);
  return answer;
}

const reasonOf = ({ wouldFail, findings }: Decision): string | undefined =>
  (wouldFail ?? findings.find(({ severity }) => severity === 'unknown'))?.reason;

function line(host: string, { decision: { outcome, wouldFail, findings } }: StoredVerdict) {
  const unknown = findings.filter(({ severity }) => severity === 'unknown').flatMap(({ missing }) => missing);
  return { host, outcome, wouldFail, missing: outcome === 'indeterminate' ? [...new Set(unknown)] : [] };
}

/** Every host that fits the query asked by itself, as a preflight asks it. */
async function bruteForce(vm: string, { labels, exclude = [], policy }: Partial<CandidateQuery> = {}) {
  const home = await homeOf(vm);
  const hosts = MIXED.hosts.filter(
    (host) =>
      host.name !== home &&
      !exclude.includes(host.name) &&
      [...(labels ?? [])].every(([key, value]) => host.labels.get(key) === value),
  );
  const lines: ReturnType<typeof line>[] = [];
  const reasons: Record<string, number> = {};
  for (const { name: target } of hosts) {
    const verdict = await fleet.preflights.foresee('default', { vm, target, policy });
    if (verdict === undefined) throw new Error(`${vm} or ${target} is gone`);
    lines.push(line(target, verdict));
    const reason = verdict.decision.outcome === 'compatible' ? undefined : reasonOf(verdict.decision);
    if (reason !== undefined) reasons[reason] = (reasons[reason] ?? 0) + 1;
  }
  const order = ['compatible', 'indeterminate', 'incompatible'];
  lines.sort((a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome) || (a.host < b.host ? -1 : 1));
  const count = (outcome: string): number => lines.filter((each) => each.outcome === outcome).length;
  return {
    hosts: lines,
    counts: { ...Object.fromEntries(OUTCOMES.map((outcome) => [outcome, count(outcome)])), byReason: reasons },
  };
}

async function agrees(vm: string, query: Partial<CandidateQuery> = {}, asked = questions) {
  const { hosts, counts } = await candidates(vm, { ...EVERY, ...query }, asked);
  const found = { hosts, counts: { ...counts, byReason: Object.fromEntries(counts.byReason) } };
  expect(found).toEqual(await bruteForce(vm, query));
  return found;
}

describe('the candidates of a VM', () => {
  test('are what a preflight with each host says, for every VM of a mixed fleet', async () => {
    const all = [];
    for (const { name } of MIXED.vms) all.push((await agrees(name)).counts);
    for (const outcome of OUTCOMES)
      expect(
        all.reduce((sum, counts) => sum + counts[outcome], 0),
        outcome,
      ).toBeGreaterThan(50);
    const reasons = new Set(all.flatMap(({ byReason }) => Object.keys(byReason)));
    for (const reason of ['SAME_HOST', 'HOST_CORDONED', 'HOST_RETIRED', 'FACTS_NOT_FRESH'])
      expect(reasons).toContain(reason);
  });

  test.each<Policy>(['kernel', 'proposal:fallback'])('go by the policy %s', async (policy) => {
    for (const { name } of MIXED.vms.slice(0, 4)) await agrees(name, { policy });
  });

  test('are looked for among those with a label, without those that are out of the question', async () => {
    const labels = new Map([['tier', 'gpu']]);
    const { hosts } = await agrees('vm-000', { labels });
    const exclude = hosts.slice(0, 2).map(({ host }) => host);
    const fewer = await agrees('vm-000', { labels, exclude });
    expect(fewer.hosts).toHaveLength(hosts.length - 2);
  });

  test('are listed up to the limit, those that say yes alone, and counted all the same', async () => {
    const all = await candidates('vm-000');
    const first = await candidates('vm-000', { limit: 2 });
    expect(first.counts).toEqual(all.counts);
    expect(first.hosts).toEqual(all.hosts.slice(0, 2));
    expect(all.counts.compatible).toBeGreaterThan(2);
    const yes = await candidates('vm-000', { limit: 1000 });
    expect(yes.hosts).toEqual(all.hosts.slice(0, all.counts.compatible));
  });

  test('follow what changes: the state of a host, and where the VM runs', async () => {
    const [, change, target] = (await candidates('vm-000')).hosts.map(({ host }) => host);
    await fleet.hosts.patch(fleet.operator, change ?? '', { state: 'maintenance' });
    expect((await candidates('vm-000', { limit: 1000 })).hosts.map(({ host }) => host)).not.toContain(change);
    await fleet.hosts.patch(fleet.operator, change ?? '', { state: 'active' });
    await fleet.vms.relocate(fleet.operator, 'vm-000', { host: target ?? '', reason: 'a test' });
    expect((await candidates('vm-000')).hosts.map(({ host }) => host)).not.toContain(target);
    await agrees('vm-000');
  });

  test('follow what operators add to the catalogue, and what they take away', async () => {
    const device = { vendorDevice: '1d0f:efa0', driver: 'acme_vfio_pci' };
    const mapping = { offset: '0x0', size: '0x200000', backing: 'vfio', device: 'dpu0', region: 4 };
    const slot = { slot: 0, gpa: '0x40000000', size: '0x200000', flags: [], mappings: [mapping] };
    const needs = manifest({ host: 'host-000', devices: [{ name: 'dpu0', ...device }], memslots: [slot] });
    await fleet.registerManifest.run(fleet.operator, 'with-device', needs);
    const before = await agrees('with-device');
    const row = parseCatalogueRow({
      kind: 'mapping',
      drivers: [device.driver],
      regions: [4],
      vmFlags: ['pfnmap', 'io', 'shared'],
      memoryTypes: ['normal'],
      kernelMapped: false,
      perPteProt: false,
      cite: 'acme-vfio 2.3 acme_vfio_main.c acme_vfio_mmap()',
    });
    if (row.kind !== 'ok') throw new Error(row.kind);
    await fleet.catalogue.put(fleet.operator, 'acme', row.value);
    expect((await agrees('with-device')).hosts).not.toEqual(before.hosts);
    await fleet.catalogue.remove(fleet.operator, 'acme');
    expect(await agrees('with-device')).toEqual(before);
    await fleet.vms.remove(fleet.operator, 'with-device');
  });

  test('are none for a VM that nobody knows, and none of another fleet', async () => {
    expect(await questions.candidates.of(fleet.operator, 'nobody', EVERY)).toEqual({
      kind: 'vm-unknown',
      vm: 'nobody',
    });
    expect((await questions.candidates.of(fleet.stranger, 'vm-000', EVERY)).kind).toBe('vm-unknown');
  });
});

describe('a class that is not stored', () => {
  const forget = async () => {
    const { pool } = fleet.database;
    await pool.query(
      `INSERT INTO host_class VALUES ('default', 'older', 'another scheme', '{}') ON CONFLICT DO NOTHING`,
    );
    await pool.query(`INSERT INTO vm_class VALUES ('default', 'older', 'another scheme', '{}') ON CONFLICT DO NOTHING`);
    for (const table of ['host', 'vm'])
      await pool.query(
        `UPDATE ${table} SET class_digest = CASE right(name, 1) WHEN '1' THEN NULL WHEN '2' THEN 'older' ELSE class_digest END`,
      );
  };
  const stored = async () =>
    (
      await fleet.database.pool.query(
        'SELECT name, class_digest FROM host UNION ALL SELECT name, class_digest FROM vm ORDER BY 1',
      )
    ).rows;

  test('is worked out by the question, and stored by the chore as a registration stores it', async () => {
    const registered = await stored();
    const before = await candidates('vm-001');
    const classes = await questions.classes.hosts(fleet.operator);
    const evacuated = await questions.evacuation.of(fleet.operator, 'host-000');
    await forget();
    expect(await stored()).not.toEqual(registered);
    const fresh = new FleetQuestions(fleet.database.fleet, fleet.database.documents);
    await agrees('vm-001', {}, fresh);
    expect(await candidates('vm-001', EVERY, fresh)).toEqual(before);
    expect(await fresh.classes.hosts(fleet.operator)).toEqual(classes);
    expect(await fresh.evacuation.of(fleet.operator, 'host-000')).toEqual(evacuated);

    const classing = new Classing(fleet.database.classes, fleet.database.documents);
    expect(await classing.run()).toBe(registered.filter(({ name }: { name: string }) => /[12]$/.test(name)).length);
    expect(await stored()).toEqual(registered);
    expect(await classing.run()).toBe(0);
  });

  test('is left to another time while somebody works on the host', async () => {
    await forget();
    const classing = new Classing(fleet.database.classes, fleet.database.documents);
    const client = await fleet.database.pool.connect();
    try {
      await client.query('BEGIN');
      await client.query(`SELECT FROM host WHERE name = 'host-001' FOR UPDATE`);
      await classing.run();
      const left = await fleet.database.classes.unclassedHosts(10);
      expect(left.map(({ name }) => name)).toEqual(['host-001']);
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
    expect(await classing.run()).toBe(1);
  });
});

describe('the evacuation of a host', () => {
  const homes = [...new Set(MIXED.vms.map((_, index) => MIXED.hosts[(index * 7) % HOSTS]?.name ?? ''))];

  test.each(homes)('%s names every VM on it, with its candidates, the fewest first', async (home) => {
    const answer = await questions.evacuation.of(fleet.operator, home);
    if (answer.kind !== 'found') throw new Error(answer.kind);
    const here = await fleet.database.vms.page('default', { host: home }, '', 100);
    expect(answer.vms.map(({ vm }) => vm).sort()).toEqual(here.map(({ name }) => name));
    for (const { vm, targets, counts } of answer.vms) {
      const asked = await candidates(vm, { limit: 10 });
      expect([targets, counts]).toEqual([asked.hosts.map(({ host }) => host), asked.counts]);
    }
    const many = answer.vms.map(({ counts }) => counts.compatible);
    expect(many).toEqual([...many].sort((a, b) => a - b));
  });

  test('is empty for a host without VMs, and unknown for one that is not there', async () => {
    const free = await fleet.registerFingerprint.run(fleet.stranger, 'lonely', fingerprint(minutesAgo(1)));
    expect(free.kind).toBe('registered');
    expect(await questions.evacuation.of(fleet.stranger, 'lonely')).toEqual({ kind: 'found', vms: [] });
    expect(await questions.evacuation.of(fleet.operator, 'lonely')).toEqual({ kind: 'host-unknown', host: 'lonely' });
  });
});

describe('the inventory', () => {
  type Row = Record<string, string | boolean | null>;

  /** Every host looked at by itself. */
  async function rowOf(name: string): Promise<Row> {
    const host = await fleet.hosts.get(fleet.operator, name);
    if (host.kind !== 'found') throw new Error(host.kind);
    const traits = TRAITS.map((trait) => [trait, traitOf(host.facts, trait) ?? null]);
    const labels = ['rack', 'tier', 'none'].map((key) => [`label:${key}`, host.labels.get(key) ?? null]);
    const { state, freshness } = host;
    return {
      ...Object.fromEntries([...traits, ...labels]),
      state,
      freshness,
      generation: generationsOf(host.facts).known,
    };
  }

  const MANY = ['generation', 'fwb', 'cacheable-pfnmap', 'cca', 'state', 'freshness', 'label:tier', 'label:none'];

  let rows: readonly Row[];
  beforeAll(async () => {
    rows = await Promise.all(MIXED.hosts.map(({ name }) => rowOf(name)));
  });

  test.each([...GROUPINGS, 'label:rack', MANY.join(), ''])('by `%s` is what its hosts are', async (text) => {
    const groupBy = text === '' ? [] : text.split(',');
    const counted = new Map<string, number>();
    for (const row of rows) {
      const key = JSON.stringify(groupBy.map((group) => [group, row[group]]));
      counted.set(key, (counted.get(key) ?? 0) + 1);
    }
    const { groups, total } = await questions.inventory.of(fleet.operator, groupBy);
    expect(new Map(groups.map(({ values, hosts }) => [JSON.stringify([...values]), hosts]))).toEqual(counted);
    expect(total).toBe(HOSTS);
    const sizes = groups.map(({ hosts }) => hosts);
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
  });

  test('tells apart hosts of one class that differ in what no check reads', async () => {
    const operator = { ...fleet.operator, fleet: 'other' };
    for (const [host, rme] of [
      ['with', true],
      ['without', false],
      ['untold', undefined],
    ] as const) {
      const cpu = { fwb: true, ...(rme === undefined ? {} : { rme }) };
      await fleet.registerFingerprint.run(operator, host, fingerprint(minutesAgo(1), { cpu, machineId: host }));
    }
    const { groups } = await questions.inventory.of(operator, ['rme', 'fwb']);
    expect(groups.map(({ values, hosts }) => [values.get('rme'), hosts])).toEqual([
      [null, 2],
      [false, 1],
      [true, 1],
    ]);
  });
});

describe('the classes', () => {
  test('of hosts have each host once, and tell apart what a check tells apart', async () => {
    const classes = await questions.classes.hosts(fleet.operator);
    expect(classes.reduce((sum, { members }) => sum + members, 0)).toBe(HOSTS);
    expect(new Set(classes.map(({ id }) => id)).size).toBe(classes.length);
    expect(classes.length).toBeGreaterThan(5);
    expect(classes.length).toBeLessThan(HOSTS / 2);
    const [largest] = classes;
    expect(largest?.sample).toHaveLength(10);
    expect(largest?.facts).not.toHaveProperty('machineId');
  });

  test('of VMs have each VM once', async () => {
    const classes = await questions.classes.vms(fleet.operator);
    expect(classes.flatMap(({ sample }) => sample).sort()).toEqual(MIXED.vms.map(({ name }) => name));
  });

  test('are stored as their facts are printed', async () => {
    const rows = (
      await fleet.database.pool.query(
        "SELECT digest, facts FROM host_class WHERE scheme LIKE 'sha256:%' AND fleet = 'default'",
      )
    ).rows;
    const classes = await questions.classes.hosts(fleet.operator);
    const stored = new Map(rows.map(({ digest, facts }) => [digest, facts]));
    for (const { id } of classes) expect(stored.get(id)).toMatch(/^\{"schema":"berth.fingerprint\/1"/);
  });
});
