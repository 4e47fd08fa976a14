import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fingerprint, manifest, minutesAgo, openFleet, type TestFleet } from '../../../../test/support/fleet.js';

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await openFleet({ connections: 20 });
});
afterAll(() => fleet?.close());

const put = (vm: string, submission: ReturnType<typeof manifest>, ifMatch?: number) =>
  fleet.registerManifest.run(fleet.operator, vm, submission, { ifMatch });
const host = (name: string) => fleet.registerFingerprint.run(fleet.operator, name, fingerprint(minutesAgo(5)));

describe('a manifest', () => {
  test('places its VM at the first time, also on a host that is not there yet', async () => {
    const sent = manifest({ host: 'nowhere' });
    expect(await put('placed', sent)).toMatchObject({ kind: 'registered', created: true, changed: true, revision: 1 });
    expect(await put('placed', sent)).toMatchObject({
      kind: 'registered',
      created: false,
      changed: false,
      revision: 1,
    });
    expect(await fleet.vms.get(fleet.operator, 'placed')).toMatchObject({
      kind: 'found',
      host: 'nowhere',
      document: sent.document,
      revision: 1,
    });
    expect(await put('placed', manifest({ host: 'elsewhere' }))).toEqual({ kind: 'host-changed', host: 'nowhere' });
    expect(await put('placed', manifest({ host: 'nowhere', runId: 'run-2' }))).toMatchObject({
      changed: true,
      revision: 2,
    });
    expect(await put('placed', sent, 1)).toEqual({ kind: 'revision-mismatch', revision: 2 });
    expect(await fleet.vms.revisions(fleet.operator, 'placed', { limit: 9 })).toMatchObject({
      items: [{ revision: 2 }, { revision: 1 }],
    });
  });

  test('that names no host places its VM later', async () => {
    const { host: _, ...bare } = manifest().document;
    await put('homeless', { ...manifest(), document: bare, needs: { ...manifest().needs, host: undefined } });
    expect(await fleet.vms.get(fleet.operator, 'homeless')).toMatchObject({ host: undefined });
    expect(await put('homeless', manifest({ host: 'home', runId: 'r' }))).toMatchObject({ revision: 2 });
    expect(await fleet.vms.get(fleet.operator, 'homeless')).toMatchObject({ host: 'home' });
  });

  test('from fifty writers at once makes its VM once', async () => {
    const sent = Array.from({ length: 50 }, (_, index) => manifest({ runId: `run-${index}` }));
    const answers = await Promise.all(sent.map((submission) => put('raced', submission)));
    const revisions = answers.flatMap((answer) => (answer.kind === 'registered' ? [answer.revision] : []));
    expect(revisions.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    expect(answers.filter((answer) => answer.kind === 'registered' && answer.created)).toHaveLength(1);
  });
});

describe('a VM', () => {
  test('keeps its host from being removed, and is moved by an operator alone', async () => {
    await Promise.all([host('old-home'), host('new-home')]);
    await put('moving', manifest({ host: 'old-home' }));
    expect(await fleet.hosts.remove(fleet.operator, 'old-home')).toEqual({ kind: 'host-in-use', host: 'old-home' });
    const to = { host: 'new-home', reason: 'moved by hand' };
    expect(await fleet.vms.relocate(fleet.operator, 'moving', { ...to, host: 'no-home' })).toEqual({
      kind: 'host-unknown',
      host: 'no-home',
    });
    expect(await fleet.vms.relocate(fleet.operator, 'nobody', to)).toEqual({ kind: 'vm-unknown', vm: 'nobody' });
    expect(await fleet.vms.relocate(fleet.operator, 'moving', to)).toMatchObject({
      kind: 'relocated',
      vm: { host: 'new-home', revision: 2 },
    });
    expect(await fleet.vms.relocate(fleet.operator, 'moving', to)).toMatchObject({
      kind: 'relocated',
      vm: { revision: 2 },
    });
    expect(await put('moving', manifest({ host: 'old-home' }))).toEqual({ kind: 'host-changed', host: 'new-home' });
    expect(await fleet.hosts.remove(fleet.operator, 'old-home')).toEqual({ kind: 'removed' });
    const audited = await fleet.database.pool.query(`SELECT detail FROM audit WHERE action = 'vm.relocate'`);
    expect(audited.rows).toEqual([
      { detail: { revision: 2, from: 'old-home', to: 'new-home', reason: 'moved by hand' } },
    ]);
  });

  test('is found by its labels and its host, in pages', async () => {
    for (const name of ['l-1', 'l-2', 'l-3']) {
      await put(name, manifest({ host: name === 'l-3' ? 'other' : 'labelled' }));
      await fleet.vms.patch(fleet.operator, name, {
        labels: new Map([
          ['tier', 'gold'],
          ['constructor', name],
        ]),
      });
    }
    const names = async (query: object) => {
      const page = await fleet.vms.list(fleet.operator, { limit: 2, ...query });
      return page.kind === 'listed' ? [page.items.map((item) => item.name), page.nextCursor === undefined] : page.kind;
    };
    expect(await names({ labels: new Map([['tier', 'gold']]) })).toEqual([['l-1', 'l-2'], false]);
    expect(await names({ labels: new Map([['tier', 'gold']]), host: 'other' })).toEqual([['l-3'], true]);
    expect(await names({ host: 'labelled' })).toEqual([['l-1', 'l-2'], true]);
    expect(await names({ labels: new Map([['constructor', 'l-2']]) })).toEqual([['l-2'], true]);
    expect(await names({ labels: new Map([['toString', 'x']]) })).toEqual([[], true]);
  });

  test('that is removed is unknown, and another fleet never knew it', async () => {
    await put('leaving', manifest());
    expect(await fleet.vms.remove(fleet.stranger, 'leaving')).toEqual({ kind: 'vm-unknown', vm: 'leaving' });
    expect(await fleet.vms.remove(fleet.operator, 'leaving')).toEqual({ kind: 'removed' });
    expect(await fleet.vms.get(fleet.operator, 'leaving')).toEqual({ kind: 'vm-unknown', vm: 'leaving' });
    expect(await put('leaving', manifest())).toMatchObject({ created: true, revision: 2 });
  });
});
