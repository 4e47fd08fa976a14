import { EventFeed } from '@berth/application';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fingerprint, manifest, minutesAgo, openFleet, type TestFleet } from '../../../../test/support/fleet.js';

let fleet: TestFleet;
let after = 0;
beforeAll(async () => {
  fleet = await openFleet();
});
afterAll(() => fleet?.close());

/** What was told since it was last asked, without what it was told about others. */
async function told(): Promise<readonly (readonly [string, string, object])[]> {
  const { events, sequencer, feedWatch } = fleet.database;
  const page = await new EventFeed(events, sequencer, feedWatch).page(fleet.operator, { limit: 1000, after });
  if (page.kind !== 'listed') throw new Error(page.kind);
  after = page.through;
  return page.items.map(({ type, subject, data }) => [type, subject, data]);
}

const put = (host: string, ...args: Parameters<typeof fingerprint>) =>
  fleet.registerFingerprint.run(fleet.operator, host, fingerprint(...args));
const kernel = (release: string) => ({ kernel: { release, pageSize: 4096 } });

describe('a host', () => {
  test('tells of what changes, and of nothing else', async () => {
    await told();
    const first = await put('h', minutesAgo(9));
    const second = await put('h', minutesAgo(8), kernel('6.18.1'));
    if (first.kind !== 'registered' || second.kind !== 'registered') throw new Error('not registered');
    expect(await told()).toEqual([
      ['host.registered', 'hosts/h', { host: 'h', revision: 1, digest: first.digest }],
      ['host.changed', 'hosts/h', { host: 'h', revision: 2, digest: second.digest, was: first.digest }],
    ]);
    // seen again, seen too late, and quoting a revision that does not stand
    await put('h', minutesAgo(7), kernel('6.18.1'));
    await put('h', minutesAgo(20), kernel('6.18.2'));
    await fleet.registerFingerprint.run(fleet.operator, 'h', fingerprint(minutesAgo(6)), { ifMatch: 1 });
    expect(await told()).toEqual([]);
  });

  test('tells of a patch that makes a difference', async () => {
    await put('patched', minutesAgo(9));
    await told();
    const patch = { labels: new Map([['rack', 'r1']]), state: 'cordoned' } as const;
    await fleet.hosts.patch(fleet.operator, 'patched', patch);
    await fleet.hosts.patch(fleet.operator, 'patched', patch);
    await fleet.hosts.patch(fleet.operator, 'patched', { labels: new Map([['rack', null]]) }, 7);
    await fleet.hosts.patch(fleet.operator, 'patched', { labels: new Map([['rack', null]]) });
    const data = { host: 'patched', state: 'cordoned' };
    expect(await told()).toEqual([
      ['host.patched', 'hosts/patched', { ...data, changed: ['labels', 'state'] }],
      ['host.patched', 'hosts/patched', { ...data, changed: ['labels'] }],
    ]);
  });

  test('tells of its removal once', async () => {
    await put('removed', minutesAgo(9));
    await told();
    await fleet.hosts.remove(fleet.operator, 'removed');
    await fleet.hosts.remove(fleet.operator, 'removed');
    expect(await told()).toEqual([['host.removed', 'hosts/removed', { host: 'removed', revision: 1 }]]);
  });
});

describe('a reboot', () => {
  const rebooted = (host: string, bootId: string, was: string) => [
    'host.rebooted',
    `hosts/${host}`,
    { host, bootId, was },
  ];
  const beat = (host: string, bootId: string, digest: string) =>
    fleet.hosts.heartbeat(fleet.operator, host, { bootId, digest });

  test('is told of once, by whichever of many heartbeats comes first', async () => {
    const sent = fingerprint(minutesAgo(9));
    await fleet.registerFingerprint.run(fleet.operator, 'booting', sent);
    await beat('booting', 'boot-1', sent.digest);
    await told();
    const answers = await Promise.all(Array.from({ length: 30 }, () => beat('booting', 'boot-2', sent.digest)));
    expect(answers.every((answer) => answer.kind === 'heard' && answer.resend)).toBe(true);
    await beat('booting', 'boot-2', sent.digest);
    expect(await told()).toEqual([rebooted('booting', 'boot-2', 'boot-1')]);
    await put('booting', minutesAgo(8), { bootId: 'boot-2' });
    await beat('booting', 'boot-2', sent.digest);
    expect((await told()).map(([type]) => type)).toEqual(['host.changed']);
  });

  test('is told of by the facts when they come first', async () => {
    const sent = fingerprint(minutesAgo(9));
    await fleet.registerFingerprint.run(fleet.operator, 'facts', sent);
    await beat('facts', 'boot-1', sent.digest);
    await told();
    const after = fingerprint(minutesAgo(8), { bootId: 'boot-2' });
    await fleet.registerFingerprint.run(fleet.operator, 'facts', after);
    await beat('facts', 'boot-2', after.digest);
    const types = await told();
    expect(types[0]).toEqual(rebooted('facts', 'boot-2', 'boot-1'));
    expect(types.map(([type]) => type)).toEqual(['host.rebooted', 'host.changed']);
  });

  test('is none when a host is heard for the first time, or as it was', async () => {
    const { bootId: _, ...facts } = fingerprint(minutesAgo(9)).document;
    const bootless = { ...fingerprint(minutesAgo(9)), document: facts, facts: { ...fingerprint(minutesAgo(9)).facts } };
    delete (bootless.facts as { bootId?: string }).bootId;
    await fleet.registerFingerprint.run(fleet.operator, 'bootless', bootless);
    await put('steady', minutesAgo(9));
    await told();
    await beat('bootless', 'boot-1', bootless.digest);
    for (let n = 0; n < 3; n += 1) await beat('steady', 'boot-1', bootless.digest);
    expect(await told()).toEqual([]);
    await beat('bootless', 'boot-2', bootless.digest);
    expect(await told()).toEqual([rebooted('bootless', 'boot-2', 'boot-1')]);
  });

  test('costs the heartbeats between nothing: one statement, and no transaction', async () => {
    const sent = fingerprint(minutesAgo(9));
    await fleet.registerFingerprint.run(fleet.operator, 'narrow', sent);
    expect(
      await fleet.database.hosts.beat('default', 'narrow', { bootId: 'boot-1', digest: sent.digest }),
    ).toMatchObject({
      noted: true,
    });
    expect(
      await fleet.database.hosts.beat('default', 'narrow', { bootId: 'boot-2', digest: sent.digest }),
    ).toMatchObject({
      noted: false,
    });
    await fleet.hosts.heartbeat(fleet.operator, 'narrow', { bootId: 'boot-2', digest: sent.digest });
    expect(
      await fleet.database.hosts.beat('default', 'narrow', { bootId: 'boot-2', digest: sent.digest }),
    ).toMatchObject({
      noted: true,
    });
  });
});

describe('a VM', () => {
  test('tells of what changes, of where it runs, and of its end', async () => {
    await put('there', minutesAgo(9));
    await told();
    const first = await fleet.registerManifest.run(fleet.operator, 'vm', manifest({ host: 'here' }));
    const second = await fleet.registerManifest.run(fleet.operator, 'vm', manifest({ host: 'here', runId: 'run-2' }));
    await fleet.registerManifest.run(fleet.operator, 'vm', manifest({ host: 'here', runId: 'run-2' }));
    await fleet.registerManifest.run(fleet.operator, 'vm', manifest({ host: 'elsewhere', runId: 'run-2' }));
    await fleet.vms.relocate(fleet.operator, 'vm', { host: 'there', reason: 'a mistake' });
    await fleet.vms.relocate(fleet.operator, 'vm', { host: 'there', reason: 'again' });
    await fleet.vms.patch(fleet.operator, 'vm', { labels: new Map([['team', 'render']]) });
    await fleet.vms.remove(fleet.operator, 'vm');
    await fleet.vms.remove(fleet.operator, 'vm');
    if (first.kind !== 'registered' || second.kind !== 'registered') throw new Error('not registered');
    const about = (type: string, data: object) => [type, 'vms/vm', { vm: 'vm', ...data }];
    expect(await told()).toEqual([
      about('vm.registered', { revision: 1, digest: first.digest, host: 'here' }),
      about('vm.changed', { revision: 2, digest: second.digest, was: first.digest, host: 'here' }),
      about('vm.relocated', { revision: 3, from: 'here', to: 'there' }),
      about('vm.removed', { revision: 3 }),
    ]);
  });
});
