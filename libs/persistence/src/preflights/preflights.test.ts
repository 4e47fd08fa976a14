import { Evaluations } from '@berth/application';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fingerprint, manifest, minutesAgo, openFleet, type TestFleet } from '../../../../test/support/fleet.js';

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await openFleet();
  await fleet.registerFingerprint.run(fleet.operator, 'source', fingerprint(minutesAgo(5)));
  await fleet.registerFingerprint.run(fleet.operator, 'target', fingerprint(minutesAgo(5), { machineId: 'machine-2' }));
  await fleet.registerManifest.run(fleet.operator, 'vm', manifest());
});
afterAll(() => fleet?.close());

const ask = (request: object = {}) =>
  fleet.preflights.ask(fleet.operator, { vm: 'vm', target: 'target', phases: ['vm', 'memslot', 'fault'], ...request });

test('an answer names its basis and is stored as it was given', async () => {
  const answer = await ask();
  if (answer.kind !== 'answered') throw new Error(answer.kind);
  const { verdict, id } = answer;
  expect(verdict.basis).toMatchObject({
    vm: 'vm',
    vmRevision: 1,
    manifest: manifest().digest,
    host: 'target',
    hostRevision: 1,
  });
  expect(verdict.validUntil.getTime() - verdict.evaluatedAt.getTime()).toBe(60_000);
  expect(await fleet.preflights.get(fleet.operator, id)).toEqual({
    kind: 'found',
    id,
    vm: 'vm',
    target: 'target',
    verdict,
  });
  expect(await fleet.preflights.get(fleet.stranger, id)).toEqual({ kind: 'preflight-unknown' });
  expect(await fleet.preflights.get(fleet.operator, 'nonsense')).toEqual({ kind: 'preflight-unknown' });
});

test('the same documents give the same answer again, whatever has changed since', async () => {
  const before = await ask({ target: 'target', policy: 'kernel' });
  if (before.kind !== 'answered') throw new Error(before.kind);
  await fleet.hosts.patch(fleet.operator, 'target', { state: 'retired' });
  const replay = await fleet.preflights.replay(fleet.operator, before.id);
  expect(replay).toEqual({
    kind: 'replayed',
    id: before.id,
    original: before.verdict,
    replayed: before.verdict,
    same: true,
    differences: [],
  });
  await fleet.hosts.patch(fleet.operator, 'target', { state: 'active' });
});

test('a finding keeps its address', async () => {
  const odd = manifest({
    memslots: [{ slot: 3, gpa: '0xfffffffffffff000', size: '0x1000', flags: [], mappings: [] }],
  });
  await fleet.registerManifest.run(fleet.operator, 'far', odd);
  const answer = await ask({ vm: 'far' });
  if (answer.kind !== 'answered') throw new Error(answer.kind);
  expect(answer.verdict.decision.findings.some((finding) => finding.gpa === 0xfffffffffffff000n)).toBe(true);
  expect(await fleet.preflights.get(fleet.operator, answer.id)).toMatchObject({ verdict: answer.verdict });
});

test('what is not there is told apart', async () => {
  expect(await ask({ vm: 'nobody' })).toEqual({ kind: 'vm-unknown', vm: 'nobody' });
  expect(await ask({ target: 'nowhere' })).toEqual({ kind: 'target-unknown', target: 'nowhere' });
  const conflict = { kind: 'revision-conflict', vmRevision: 1, hostRevision: 1 };
  expect(await ask({ expect: { vmRevision: 2 } })).toEqual(conflict);
  expect(await ask({ expect: { hostRevision: 2 } })).toEqual(conflict);
  expect(await ask({ expect: { vmRevision: 1, hostRevision: 1 } })).toMatchObject({ kind: 'answered' });
});

test('the VM runs where Berth knows it to run', async () => {
  await fleet.registerManifest.run(fleet.operator, 'moved', manifest({ runId: 'moved' }));
  await fleet.vms.relocate(fleet.operator, 'moved', { host: 'target', reason: 'moved by hand' });
  const answer = await fleet.preflights.ask(fleet.operator, { vm: 'moved', target: 'target' });
  expect(answer).toMatchObject({
    kind: 'answered',
    verdict: { decision: { outcome: 'incompatible', wouldFail: { reason: 'SAME_HOST' } } },
  });
});

test('an answer holds no longer than the facts it rests on', async () => {
  await fleet.registerFingerprint.run(fleet.operator, 'ageing', fingerprint(minutesAgo(5), { machineId: 'machine-3' }));
  await fleet.database.pool.query(
    `UPDATE host SET received_at = now() - interval '23 h 59 min 30 s' WHERE name = 'ageing'`,
  );
  const answer = await ask({ target: 'ageing' });
  if (answer.kind !== 'answered') throw new Error(answer.kind);
  const milliseconds = answer.verdict.validUntil.getTime() - answer.verdict.evaluatedAt.getTime();
  expect(milliseconds).toBeGreaterThan(0);
  expect(milliseconds).toBeLessThanOrEqual(30_000);
});

test('documents that nobody registered are answered alike, and leave nothing behind', async () => {
  const count = async () => (await fleet.database.pool.query('SELECT count(*) FROM preflight')).rows;
  const stored = await ask();
  const before = await count();
  const verdict = await new Evaluations(fleet.database.catalogue, fleet.database.documents).run(fleet.operator, {
    manifest: manifest(),
    target: fingerprint(minutesAgo(5)),
    phases: ['vm', 'memslot', 'fault'],
  });
  expect(verdict.basis).toMatchObject({ vm: null, vmRevision: null, host: null, manifest: manifest().digest });
  expect(stored).toMatchObject({ verdict: { decision: { outcome: verdict.decision.outcome } } });
  expect(await count()).toEqual(before);
});
