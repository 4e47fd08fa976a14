import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fingerprint, minutesAgo, openFleet, type TestFleet } from '../../../../test/support/fleet.js';

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await openFleet({ connections: 20 });
});
afterAll(() => fleet?.close());

const put = (host: string, submission: ReturnType<typeof fingerprint>, ifMatch?: number) =>
  fleet.registerFingerprint.run(fleet.operator, host, submission, { ifMatch });

const kernel = (release: string) => ({ kernel: { release, pageSize: 4096 } });
const sql = async (text: string, values: unknown[] = []) => (await fleet.database.pool.query(text, values)).rows;

describe('a fingerprint', () => {
  test('makes its host at the first time, and changes nothing when sent again', async () => {
    const sent = fingerprint(minutesAgo(9));
    expect(await put('again', sent)).toMatchObject({
      kind: 'registered',
      created: true,
      changed: true,
      revision: 1,
      digest: sent.digest,
    });
    expect(await put('again', sent)).toMatchObject({ kind: 'registered', created: false, changed: false, revision: 1 });
    const later = fingerprint(minutesAgo(8), { evidence: { '/cpu/fwb': { source: 'kernel-log' } } });
    expect(later.digest).toBe(sent.digest);
    expect(await put('again', later)).toMatchObject({ kind: 'registered', changed: false, revision: 1 });
    const found = await fleet.hosts.get(fleet.operator, 'again');
    expect(found).toMatchObject({ kind: 'found', revision: 1, freshness: 'fresh', document: later.document });
  });

  test('with other facts is the next revision, and both are kept', async () => {
    await put('moved', fingerprint(minutesAgo(9), kernel('6.18.1')));
    expect(await put('moved', fingerprint(minutesAgo(8), kernel('6.18.2')))).toMatchObject({
      changed: true,
      revision: 2,
    });
    expect(await put('moved', fingerprint(minutesAgo(7), kernel('6.18.1')))).toMatchObject({
      changed: true,
      revision: 3,
    });
    const history = await fleet.hosts.revisions(fleet.operator, 'moved', { limit: 2 });
    expect(history).toMatchObject({ kind: 'listed', items: [{ revision: 3 }, { revision: 2 }] });
    const cursor = history.kind === 'listed' ? history.nextCursor : undefined;
    expect(await fleet.hosts.revisions(fleet.operator, 'moved', { limit: 2, cursor })).toMatchObject({
      items: [{ revision: 1 }],
    });
    expect(await fleet.hosts.diff(fleet.operator, 'moved', 1, 2)).toMatchObject({
      kind: 'compared',
      differences: [{ pointer: '/kernel/release', before: '6.18.1', after: '6.18.2' }],
    });
    expect(await sql(`SELECT count(*)::int AS n FROM fingerprint WHERE document LIKE '%6.18.1"%'`)).toEqual([{ n: 1 }]);
  });

  test('that is older, or as old with other facts, is stale', async () => {
    const at = minutesAgo(5);
    await put('stale', fingerprint(at));
    const stale = { kind: 'stale-observation', storedCollectedAt: new Date(at) };
    expect(await put('stale', fingerprint(minutesAgo(6)))).toEqual(stale);
    expect(await put('stale', fingerprint(minutesAgo(6), kernel('6.18.9')))).toEqual(stale);
    expect(await put('stale', fingerprint(at, kernel('6.18.9')))).toEqual(stale);
  });

  test('from the future is refused beyond five minutes, also for a host that is not there yet', async () => {
    expect(await put('early', fingerprint(minutesAgo(-6)))).toMatchObject({
      kind: 'clock-ahead',
      serverTime: expect.any(Date),
    });
    expect(await put('early', fingerprint(minutesAgo(-4)))).toMatchObject({ kind: 'registered', created: true });
    expect(await put('early', fingerprint(minutesAgo(-6)))).toMatchObject({ kind: 'clock-ahead' });
  });

  test('of another machine waits until an operator agrees', async () => {
    await put('swapped', fingerprint(minutesAgo(9)));
    const other = fingerprint(minutesAgo(8), { machineId: 'machine-2' });
    expect(await put('swapped', other)).toEqual({ kind: 'machine-changed', machineId: 'machine-1' });
    expect(await fleet.hosts.patch(fleet.operator, 'swapped', { machineId: 'machine-2' })).toMatchObject({
      kind: 'patched',
    });
    expect(await put('swapped', fingerprint(minutesAgo(7)))).toEqual({
      kind: 'machine-changed',
      machineId: 'machine-2',
    });
    expect(await put('swapped', other)).toMatchObject({ kind: 'registered', revision: 2 });
  });

  test('quotes the revision that it read', async () => {
    const sent = fingerprint(minutesAgo(9));
    expect(await put('quoted', sent, 1)).toEqual({ kind: 'revision-mismatch', revision: 0 });
    expect(await put('quoted', sent, 0)).toMatchObject({ kind: 'registered', revision: 1 });
    expect(await put('quoted', fingerprint(minutesAgo(8)), 2)).toEqual({ kind: 'revision-mismatch', revision: 1 });
    expect(await put('quoted', fingerprint(minutesAgo(8)), 1)).toMatchObject({ changed: false });
    expect(await put('quoted', fingerprint(minutesAgo(7), kernel('6.18.7')), 1)).toMatchObject({ revision: 2 });
  });

  test('of a kernel before the first generation is refused, unless it is proved newer', async () => {
    const bare = { ...kernel('5.10.0'), kvm: { mode: 'vhe' } };
    expect(await put('old', fingerprint(minutesAgo(9), bare))).toEqual({ kind: 'kernel-too-old', release: '5.10.0' });
    expect(await put('backported', fingerprint(minutesAgo(9), kernel('5.10.0')))).toMatchObject({ kind: 'registered' });
  });

  test('that contradicts itself is kept, and each fact in doubt is named', async () => {
    const answer = await put('torn', fingerprint(minutesAgo(9), { cpu: { fwb: false, dic: true } }));
    const pointers =
      answer.kind === 'registered' ? answer.warnings.map((warning) => [warning.code, warning.pointer]) : [];
    expect(pointers).toContainEqual(['FACTS_CONTRADICT', '/cpu/fwb']);
  });

  test('comes from its own host when an agent sends it', async () => {
    const agent = { ...fleet.operator, role: 'agent', host: 'mine' } as const;
    expect(await fleet.registerFingerprint.run(agent, 'mine', fingerprint(minutesAgo(9)))).toMatchObject({
      kind: 'registered',
    });
    expect(await fleet.registerFingerprint.run(agent, 'yours', fingerprint(minutesAgo(9)))).toEqual({
      kind: 'host-forbidden',
      host: 'yours',
    });
    expect(await fleet.hosts.heartbeat(agent, 'yours', { bootId: 'b', digest: 'd' })).toEqual({
      kind: 'host-forbidden',
      host: 'yours',
    });
  });

  test.each(['constructor', 'toString', 'hasOwnProperty', 'a'.repeat(128)])(
    'of a host called %s is like any other',
    async (name) => {
      expect(await put(name, fingerprint(minutesAgo(9)))).toMatchObject({ created: true });
      const labels = new Map([
        ['constructor', 'a'],
        ['__proto__', 'b'],
        ['toString', 'c'],
      ]);
      const patched = await fleet.hosts.patch(fleet.operator, name, { labels });
      expect(patched).toMatchObject({ kind: 'patched', host: { labels } });
      const without = await fleet.hosts.patch(fleet.operator, name, { labels: new Map([['__proto__', null]]) });
      expect(without).toMatchObject({
        host: {
          labels: new Map([
            ['constructor', 'a'],
            ['toString', 'c'],
          ]),
        },
      });
    },
  );

  test('of one fleet is not seen from another', async () => {
    await put('shared', fingerprint(minutesAgo(9)));
    expect(await fleet.hosts.get(fleet.stranger, 'shared')).toEqual({ kind: 'host-unknown', host: 'shared' });
    expect(await fleet.registerFingerprint.run(fleet.stranger, 'shared', fingerprint(minutesAgo(9)))).toMatchObject({
      created: true,
    });
    expect(await fleet.hosts.remove(fleet.stranger, 'shared')).toEqual({ kind: 'removed' });
    expect(await fleet.hosts.get(fleet.operator, 'shared')).toMatchObject({ kind: 'found' });
  });
});

describe('fifty writers at once', () => {
  test('make a new host once', async () => {
    const sent = fingerprint(minutesAgo(9));
    const answers = await Promise.all(Array.from({ length: 50 }, () => put('raced', sent)));
    expect(answers.every((answer) => answer.kind === 'registered' && answer.revision === 1)).toBe(true);
    expect(answers.filter((answer) => answer.kind === 'registered' && answer.created)).toHaveLength(1);
  });

  test('of different facts leave one revision each for those that were in time, and the newest on top', async () => {
    const sent = Array.from({ length: 50 }, (_, index) =>
      fingerprint(minutesAgo(100 - index), kernel(`6.18.${index}`)),
    );
    const answers = await Promise.all(sent.map((submission) => put('contended', submission)));
    const taken = answers.flatMap((answer) => (answer.kind === 'registered' ? [answer.revision] : []));
    expect(answers.filter((answer) => answer.kind !== 'registered' && answer.kind !== 'stale-observation')).toEqual([]);
    expect(taken.sort((a, b) => a - b)).toEqual(taken.map((_, index) => index + 1));
    expect(await fleet.hosts.get(fleet.operator, 'contended')).toMatchObject({
      revision: taken.length,
      digest: sent[49]?.digest,
    });
    expect(await sql(`SELECT count(*)::int AS n FROM host_revision WHERE host = 'contended'`)).toEqual([
      { n: taken.length },
    ]);
    expect(await sql(`SELECT count(*)::int AS n FROM audit WHERE subject = 'contended'`)).toEqual([
      { n: taken.length },
    ]);
  });

  test('who quote the same revision are one winner and 49 who are told', async () => {
    await put('quoted-by-all', fingerprint(minutesAgo(200)));
    const sent = Array.from({ length: 50 }, (_, index) =>
      fingerprint(minutesAgo(100 - index), kernel(`6.17.${index}`)),
    );
    const answers = await Promise.all(sent.map((submission) => put('quoted-by-all', submission, 1)));
    expect(answers.filter((answer) => answer.kind === 'registered')).toHaveLength(1);
    expect(answers.filter((answer) => answer.kind === 'revision-mismatch' && answer.revision === 2)).toHaveLength(49);
  });
});

describe('freshness', () => {
  const freshness = async (host: string) => {
    const found = await fleet.hosts.get(fleet.operator, host);
    return found.kind === 'found' ? found.freshness : found.kind;
  };
  const age = (host: string, seconds: number) =>
    sql(
      `WITH h AS (UPDATE host SET received_at = received_at - $2 * interval '1 s' WHERE name = $1 AND fleet = 'default')
      UPDATE host_liveness SET beat_at = beat_at - $2 * interval '1 s' WHERE host = $1`,
      [host, seconds],
    );

  test('of a host that never beats lasts a day from when it was last received', async () => {
    const sent = fingerprint(minutesAgo(9));
    await put('silent', sent);
    await age('silent', 86_390);
    expect(await freshness('silent')).toBe('fresh');
    await age('silent', 20);
    expect(await freshness('silent')).toBe('expired');
    await put('silent', sent);
    expect(await freshness('silent')).toBe('fresh');
  });

  test('of a host that beats is lost after a minute, and not regained by a replay', async () => {
    const sent = fingerprint(minutesAgo(9));
    await put('beating', sent);
    const beat = { bootId: 'boot-1', digest: sent.digest };
    expect(await fleet.hosts.heartbeat(fleet.operator, 'beating', beat)).toEqual({
      kind: 'heard',
      resend: false,
      nextHeartbeatSeconds: 20,
    });
    await age('beating', 61);
    expect(await freshness('beating')).toBe('stale');
    await put('beating', sent);
    expect(await freshness('beating')).toBe('stale');
    await age('beating', 900);
    expect(await freshness('beating')).toBe('expired');
    await put('beating', fingerprint(minutesAgo(1)));
    expect(await freshness('beating')).toBe('fresh');
  });

  test('ends with a reboot, until the facts of that boot are there', async () => {
    const before = fingerprint(minutesAgo(9));
    await put('rebooting', before);
    await fleet.hosts.heartbeat(fleet.operator, 'rebooting', { bootId: 'boot-1', digest: before.digest });
    expect(
      await fleet.hosts.heartbeat(fleet.operator, 'rebooting', { bootId: 'boot-2', digest: before.digest }),
    ).toMatchObject({ resend: true });
    expect(await freshness('rebooting')).toBe('rebooted');
    await put('rebooting', fingerprint(minutesAgo(8)));
    expect(await freshness('rebooting')).toBe('rebooted');
    await put('rebooting', fingerprint(minutesAgo(7), { bootId: 'boot-late' }));
    expect(await freshness('rebooting')).toBe('rebooted');
    const after = fingerprint(minutesAgo(6), { bootId: 'boot-2' });
    await put('rebooting', after);
    expect(await freshness('rebooting')).toBe('fresh');
    expect(
      await fleet.hosts.heartbeat(fleet.operator, 'rebooting', { bootId: 'boot-2', digest: before.digest }),
    ).toMatchObject({ resend: true });
    expect(await freshness('rebooting')).toBe('mismatched');
    expect(
      await fleet.hosts.heartbeat(fleet.operator, 'rebooting', { bootId: 'boot-2', digest: after.digest }),
    ).toMatchObject({ resend: false });
    expect(await freshness('rebooting')).toBe('fresh');
  });

  test('is kept when new facts come before the next heartbeat', async () => {
    const before = fingerprint(minutesAgo(9));
    await put('upgraded', before);
    await fleet.hosts.heartbeat(fleet.operator, 'upgraded', { bootId: 'boot-1', digest: before.digest });
    await put('upgraded', fingerprint(minutesAgo(8), { bootId: 'boot-2' }));
    expect(await freshness('upgraded')).toBe('fresh');
  });
});

describe('a list of hosts', () => {
  test('goes on where the page before it ended, and takes no other list’s cursor', async () => {
    await Promise.all(['p-1', 'p-2', 'p-3', 'p-4', 'p-5'].map((name) => put(name, fingerprint(minutesAgo(9)))));
    await Promise.all(
      ['p-1', 'p-2', 'p-3', 'p-4', 'p-5'].map((name) =>
        fleet.hosts.patch(fleet.operator, name, { labels: new Map([['page', 'yes']]) }),
      ),
    );
    const labels = new Map([['page', 'yes']]);
    const names: string[] = [];
    for (let cursor: string | undefined, more = true; more; ) {
      const page = await fleet.hosts.list(fleet.operator, { limit: 2, labels, cursor });
      if (page.kind !== 'listed') throw new Error(page.kind);
      names.push(...page.items.map((item) => item.name));
      cursor = page.nextCursor;
      more = cursor !== undefined;
    }
    expect(names).toEqual(['p-1', 'p-2', 'p-3', 'p-4', 'p-5']);
    const first = await fleet.hosts.list(fleet.operator, { limit: 1 });
    const cursor = first.kind === 'listed' ? first.nextCursor : undefined;
    expect(await fleet.vms.list(fleet.operator, { limit: 1, cursor })).toEqual({ kind: 'cursor-invalid' });
    for (const bad of ['', '!', 'e30', `${cursor}=`, Buffer.from('{"l":"hosts"}').toString('base64url')]) {
      expect(await fleet.hosts.list(fleet.operator, { limit: 1, cursor: bad })).toEqual({ kind: 'cursor-invalid' });
    }
  });

  test('can ask for facts: required means known to be there, forbidden known not to be', async () => {
    await put('q-yes', fingerprint(minutesAgo(9)));
    await put('q-no', fingerprint(minutesAgo(9), { cpu: { fwb: false }, kvm: { mode: 'vhe' } }));
    await put('q-unknown', fingerprint(minutesAgo(9), { cpu: {}, kvm: { mode: 'vhe' } }));
    const names = async (query: { requires?: string[][]; forbids?: string[] }) => {
      const page = await fleet.hosts.list(fleet.operator, { limit: 1000, ...query });
      return page.kind === 'listed' ? page.items.map((item) => item.name).filter((name) => name.startsWith('q-')) : [];
    };
    expect(await names({ requires: [['fwb']] })).toEqual(['q-yes']);
    expect(await names({ forbids: ['fwb'] })).toEqual(['q-no']);
    expect(await names({ requires: [['mte', 'dic']] })).toEqual(['q-yes']);
    expect(await names({ requires: [['no-such-token']] })).toEqual([]);
  });
});

describe('the database itself', () => {
  test.each([
    [`UPDATE fingerprint SET document = '{}'`],
    ['DELETE FROM fingerprint'],
    [`UPDATE audit SET action = 'x'`],
    ['DELETE FROM audit'],
    ['TRUNCATE audit'],
  ])('refuses %s', async (statement) => {
    await expect(sql(statement)).rejects.toThrow(/never change/);
  });

  test('goes on counting when a removed name comes back', async () => {
    await put('phoenix', fingerprint(minutesAgo(9)));
    await put('phoenix', fingerprint(minutesAgo(8), kernel('6.18.1')));
    expect(await fleet.hosts.remove(fleet.operator, 'phoenix')).toEqual({ kind: 'removed' });
    expect(await fleet.hosts.remove(fleet.operator, 'phoenix')).toEqual({ kind: 'host-unknown', host: 'phoenix' });
    expect(await put('phoenix', fingerprint(minutesAgo(7)))).toMatchObject({ created: true, revision: 3 });
  });
});
