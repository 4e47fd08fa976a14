import { Hosts, ServicePulse } from '@berth/application';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fingerprint, manifest, minutesAgo, openFleet, type TestFleet } from '../../../../test/support/fleet.js';
import { MIGRATABLE_HOST, MIGRATABLE_VM } from '../../../../test/support/migratable.js';

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await openFleet();
  await fleet.registerManifest.run(fleet.operator, 'vm', manifest({ ...MIGRATABLE_VM, host: 'home' }));
  await host('home');
});
afterAll(() => fleet?.close());

const sql = async (text: string, values: unknown[] = []) => (await fleet.database.pool.query(text, values)).rows;
const host = async (name: string, machineId = `machine of ${name}`, collectedAt = minutesAgo(9)) =>
  fleet.registerFingerprint.run(
    fleet.operator,
    name,
    fingerprint(collectedAt, { ...MIGRATABLE_HOST, machineId, bootId: 'boot-1' }),
  );
const freshness = async (name: string) => {
  const found = await fleet.hosts.get(fleet.operator, name);
  return found.kind === 'found' ? found.freshness : found.kind;
};
const outcome = async (name: string) => {
  const answer = await fleet.preflights.ask(fleet.operator, { vm: 'vm', target: name });
  return answer.kind === 'answered' ? answer.verdict.decision.outcome : answer.kind;
};

/** A host whose last word was so long ago. */
async function silentFor(name: string, seconds: number): Promise<void> {
  await host(name);
  const found = await fleet.hosts.get(fleet.operator, name);
  if (found.kind !== 'found') throw new Error(found.kind);
  await fleet.hosts.heartbeat(fleet.operator, name, { bootId: 'boot-1', digest: found.digest });
  await sql(
    `WITH h AS (UPDATE host SET received_at = now() - $2 * interval '1 s' WHERE name = $1)
     UPDATE host_liveness SET beat_at = now() - $2 * interval '1 s' WHERE host = $1`,
    [name, seconds],
  );
}

/** The API was touched last so long ago; it had been back before for so long. */
async function apiSilentFor(seconds: number, heartbeat = 20): Promise<void> {
  await sql('TRUNCATE service_pulse');
  await sql(
    `INSERT INTO service_pulse (heartbeat, touched_at) VALUES ($2 * interval '1 s', now() - $1 * interval '1 s')`,
    [seconds, heartbeat],
  );
}
const apiIsBack = () => new ServicePulse(fleet.database.pulse, 20_000).beat();
/** Seconds go by for the API, which is there all the time. */
const later = (seconds: number) =>
  sql(
    `UPDATE service_pulse SET resumed_at = resumed_at - $1 * interval '1 s', heard_since = heard_since - $1 * interval '1 s'`,
    [seconds],
  );

beforeEach(() => sql('TRUNCATE service_pulse'));

describe('without an API that ever said that it is there', () => {
  test.each([
    [59, 'fresh', 'compatible'],
    [61, 'stale', 'indeterminate'],
    [899, 'stale', 'indeterminate'],
    [901, 'expired', 'indeterminate'],
  ])('a host that was silent for %i s is %s, and the answer %s', async (seconds, expected, answered) => {
    await silentFor('plain', seconds);
    expect(await freshness('plain')).toBe(expected);
    expect(await outcome('plain')).toBe(answered);
  });
});

describe('while an API is there', () => {
  test('three missing heartbeats make a host stale, however far apart it is asked to send them', async () => {
    await silentFor('paced', 61);
    await new ServicePulse(fleet.database.pulse, 20_000).beat();
    expect(await freshness('paced')).toBe('stale');
    await new ServicePulse(fleet.database.pulse, 30_000).beat();
    expect(await freshness('paced')).toBe('fresh');
    await new ServicePulse(fleet.database.pulse, 5_000).beat();
    await silentFor('paced', 16);
    expect(await freshness('paced')).toBe('stale');
    await silentFor('paced', 14);
    expect(await freshness('paced')).toBe('fresh');
  });

  test('hosts are told how far apart', async () => {
    await host('told');
    const { work, hosts, documents } = fleet.database;
    const answer = await new Hosts(work, hosts, documents, 35).heartbeat(fleet.operator, 'told', {
      bootId: 'b',
      digest: 'd',
    });
    expect(answer).toMatchObject({ nextHeartbeatSeconds: 35 });
  });

  test('a host that never sent a heartbeat is not expected to', async () => {
    await host('mute');
    await sql(`UPDATE host SET received_at = now() - interval '23 h' WHERE name = 'mute'`);
    await apiIsBack();
    expect(await freshness('mute')).toBe('fresh');
  });
});

describe('when no API was there', () => {
  // [seconds of silence of the API, seconds since the host's last word, is it excused]
  test.each([
    ['while it is not', 300, 310, 'fresh'],
    ['for a host that was stale before', 300, 361, 'stale'],
    ['up to the window before', 300, 359, 'fresh'],
    ['for a silence of less than a heartbeat', 19, 70, 'stale'],
    ['beyond 15 minutes', 1000, 901, 'expired'],
  ])('hosts are not silent of their own: %s', async (_, api, since, expected) => {
    await silentFor('excused', since);
    await apiSilentFor(api);
    expect(await freshness('excused')).toBe(expected);
    await apiIsBack();
    expect(await freshness('excused')).toBe(expected);
  });

  test('they have one window to speak from when it is back', async () => {
    await silentFor('slow', 310);
    await apiSilentFor(300);
    await apiIsBack();
    await later(59);
    expect(await freshness('slow')).toBe('fresh');
    expect(await outcome('slow')).toBe('compatible');
    await later(2);
    expect(await freshness('slow')).toBe('stale');
    expect(await outcome('slow')).toBe('indeterminate');
  });

  test('an answer holds to the end of the window, and never for longer than 15 minutes after the last word', async () => {
    await silentFor('bounded', 310);
    await apiSilentFor(300);
    await apiIsBack();
    await later(50);
    const left = async () => {
      const answer = await fleet.preflights.ask(fleet.operator, { vm: 'vm', target: 'bounded' });
      if (answer.kind !== 'answered') throw new Error(answer.kind);
      const { validUntil, evaluatedAt } = answer.verdict;
      return (validUntil.getTime() - evaluatedAt.getTime()) / 1000;
    };
    expect(await left()).toBeGreaterThan(5);
    expect(await left()).toBeLessThanOrEqual(10);
    await silentFor('bounded', 895);
    await apiSilentFor(880);
    await apiIsBack();
    expect(await freshness('bounded')).toBe('fresh');
    expect(await left()).toBeGreaterThan(0);
    expect(await left()).toBeLessThanOrEqual(5);
  });

  test('one that falls silent again and again excuses no host for ever', async () => {
    await silentFor('patient', 310);
    await apiSilentFor(300);
    await apiIsBack();
    await later(30);
    await sql(`UPDATE service_pulse SET touched_at = now() - interval '25 s'`);
    await apiIsBack();
    expect(await freshness('patient')).toBe('fresh');
    expect(await sql(`SELECT heard_since < now() - interval '300 s' AS kept FROM service_pulse`)).toEqual([
      { kept: true },
    ]);
    await later(90);
    expect(await freshness('patient')).toBe('stale');
    await sql(`UPDATE service_pulse SET touched_at = now() - interval '25 s'`);
    await apiIsBack();
    expect(await freshness('patient')).toBe('stale');
  });

  test('it excuses nobody who rebooted, or has other facts', async () => {
    await silentFor('rebooted', 310);
    await sql(`UPDATE host_liveness SET boot_id = 'boot-2' WHERE host = 'rebooted'`);
    await silentFor('mismatched', 310);
    await sql(`UPDATE host_liveness SET digest = 'other' WHERE host = 'mismatched'`);
    await apiSilentFor(300);
    expect([await freshness('rebooted'), await freshness('mismatched')]).toEqual(['rebooted', 'mismatched']);
  });
});

describe('a second machine under the name of a host', () => {
  const events = async () =>
    (await sql(`SELECT type, data FROM event WHERE subject LIKE 'hosts/two%' AND type = 'host.quarantined'`)).map(
      ({ data }) => JSON.parse(data),
    );
  const agree = (name: string, machineId: string) => fleet.hosts.patch(fleet.operator, name, { machineId });

  test('puts it in quarantine: refused, told once, and no yes rests on the facts', async () => {
    await host('two-1', 'm1');
    expect(await outcome('two-1')).toBe('compatible');
    for (const minutes of [8, 7, 6]) {
      expect(await host('two-1', 'm2', minutesAgo(minutes))).toEqual({ kind: 'machine-changed', machineId: 'm1' });
    }
    expect(await freshness('two-1')).toBe('mismatched');
    expect(await outcome('two-1')).toBe('indeterminate');
    expect(await fleet.hosts.get(fleet.operator, 'two-1')).toMatchObject({ contender: 'm2', machineId: 'm1' });
    expect(await events()).toEqual([{ host: 'two-1', machineId: 'm1', contender: 'm2' }]);
    expect(await sql(`SELECT action FROM audit WHERE subject = 'two-1' AND action = 'host.quarantine'`)).toHaveLength(
      1,
    );
    // What its own machine says goes on being stored, and ends nothing.
    expect(await host('two-1', 'm1', minutesAgo(5))).toMatchObject({ kind: 'registered' });
    expect(await freshness('two-1')).toBe('mismatched');
  });

  test('ends when an operator agrees to the machine that it was', async () => {
    await host('two-2', 'm1');
    await host('two-2', 'm2', minutesAgo(8));
    await agree('two-2', 'm1');
    expect([await freshness('two-2'), await outcome('two-2')]).toEqual(['fresh', 'compatible']);
    expect(await host('two-2', 'm2', minutesAgo(7))).toMatchObject({ kind: 'machine-changed' });
    expect(await freshness('two-2')).toBe('mismatched');
  });

  test('ends when an operator agrees to the other one, and that one has spoken', async () => {
    await host('two-3', 'm1');
    await host('two-3', 'm2', minutesAgo(8));
    await agree('two-3', 'm2');
    expect(await freshness('two-3')).toBe('mismatched');
    await agree('two-3', 'm2');
    expect(await freshness('two-3')).toBe('mismatched');
    expect(await host('two-3', 'm2', minutesAgo(7))).toMatchObject({ kind: 'registered', changed: true });
    expect([await freshness('two-3'), await outcome('two-3')]).toEqual(['fresh', 'compatible']);
  });

  test('may be agreed to before it speaks: until then no yes rests on the facts of the one before', async () => {
    await host('two-4', 'm1');
    await agree('two-4', 'm2');
    expect(await freshness('two-4')).toBe('mismatched');
    await agree('two-4', 'm1');
    expect(await freshness('two-4')).toBe('mismatched');
    expect(await host('two-4', 'm1', minutesAgo(8))).toMatchObject({ kind: 'registered', changed: false });
    expect(await freshness('two-4')).toBe('fresh');
  });

  test('does nothing with an observation that is older than the stored one', async () => {
    await host('two-5', 'm1', minutesAgo(5));
    expect(await host('two-5', 'm2', minutesAgo(6))).toMatchObject({ kind: 'machine-changed' });
    expect(await freshness('two-5')).toBe('fresh');
  });

  test('is not there where no machine was ever named', async () => {
    const unnamed = fingerprint(minutesAgo(9), { ...MIGRATABLE_HOST });
    const { machineId: _, ...document } = unnamed.document;
    await fleet.registerFingerprint.run(fleet.operator, 'two-6', {
      ...unnamed,
      document,
      facts: { ...unnamed.facts, machineId: undefined },
    });
    expect(await host('two-6', 'm2', minutesAgo(8))).toMatchObject({ kind: 'registered' });
    expect(await freshness('two-6')).toBe('fresh');
  });
});
