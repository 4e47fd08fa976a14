import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventFeed, type EventRecord, FeedWatch } from '@berth/application';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EventFollower, faultsOf } from '../../../../test/support/event-follower.js';
import { fingerprint, minutesAgo, openFleet, type TestFleet } from '../../../../test/support/fleet.js';
import { soon } from '../../../../test/support/soon.js';
import { TcpProxy } from '../../../../test/support/tcp-proxy.js';
import { type Database, openDatabase } from '../database/open-database.js';
import { PgEventSignal } from './pg-event-signal.js';

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await openFleet();
});
afterAll(() => fleet?.close());

const feedOf = ({ events, sequencer, feedWatch }: Database): EventFeed => new EventFeed(events, sequencer, feedWatch);
const feed = (): EventFeed => feedOf(fleet.database);

async function registered(host: string): Promise<void> {
  await fleet.registerFingerprint.run(fleet.operator, host, fingerprint(minutesAgo(9)));
}

/** An event about a host, in a transaction that stays open for a while. */
function emit(database: Database, host: string, n: number, open = 0): Promise<void> {
  return database.work.run(async (tx) => {
    await tx.hosts.lock('default', host);
    await tx.events.emit('default', { type: 'host.patched', subject: `hosts/${host}`, data: { n } });
    if (open > 0) await sleep(open);
  });
}

async function head(): Promise<number> {
  const page = await feed().page(fleet.operator, { limit: 1, after: 'latest' });
  if (page.kind !== 'listed') throw new Error(page.kind);
  return page.through;
}

async function pageAfter(after: number, more: { subject?: string } = {}): Promise<readonly EventRecord[]> {
  const page = await feed().page(fleet.operator, { limit: 1000, after, ...more });
  if (page.kind !== 'listed') throw new Error(page.kind);
  return page.items;
}

describe('an event', () => {
  test('is there for who asks after the commit, and never before', async () => {
    await registered('visible');
    const after = await head();
    let commit: () => void = () => undefined;
    let written: () => void = () => undefined;
    const isWritten = new Promise<void>((resolve) => {
      written = resolve;
    });
    const open = fleet.database.work.run(async (tx) => {
      await tx.hosts.lock('default', 'visible');
      await tx.events.emit('default', { type: 'host.patched', subject: 'hosts/visible', data: { n: 1 } });
      written();
      await new Promise<void>((resolve) => {
        commit = resolve;
      });
    });
    await isWritten;
    expect(await pageAfter(after)).toEqual([]);
    commit();
    await open;
    expect(await pageAfter(after)).toMatchObject([{ sequence: after + 1, subject: 'hosts/visible' }]);
  });

  test('that was written earlier and committed later comes later, and is not passed over', async () => {
    await registered('early');
    await registered('late');
    const after = await head();
    const slow = emit(fleet.database, 'early', 1, 300);
    await sleep(100);
    await emit(fleet.database, 'late', 1);
    expect((await pageAfter(after)).map(({ subject }) => subject)).toEqual(['hosts/late']);
    await slow;
    expect((await pageAfter(after)).map(({ subject, sequence }) => [subject, sequence - after])).toEqual([
      ['hosts/late', 1],
      ['hosts/early', 2],
    ]);
    const { rows } = await fleet.database.pool.query('SELECT subject FROM event WHERE seq > $1 ORDER BY id', [after]);
    expect(rows.map(({ subject }) => subject)).toEqual(['hosts/early', 'hosts/late']);
  });

  test('of a transaction that is undone is none', async () => {
    await registered('undone');
    const after = await head();
    const failing = fleet.database.work.run(async (tx) => {
      await tx.events.emit('default', { type: 'host.patched', subject: 'hosts/undone', data: {} });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await emit(fleet.database, 'undone', 1);
    expect(await pageAfter(after)).toMatchObject([{ sequence: after + 1, data: { n: 1 } }]);
  });

  test('is seen by its own fleet only, and each fleet counts for itself', async () => {
    await fleet.registerFingerprint.run(fleet.stranger, 'theirs', fingerprint(minutesAgo(9)));
    const theirs = await feed().page(fleet.stranger, { limit: 10 });
    expect(theirs).toMatchObject({ kind: 'listed', items: [{ sequence: 1, fleet: 'other', subject: 'hosts/theirs' }] });
    expect((await pageAfter(0)).filter(({ subject }) => subject === 'hosts/theirs')).toEqual([]);
  });
});

describe('pages', () => {
  test('go on where the page before ended, and say how far they came', async () => {
    await registered('paged');
    const after = await head();
    for (let n = 1; n <= 5; n += 1) await emit(fleet.database, 'paged', n);
    const seen: unknown[] = [];
    let through = 0;
    for (let cursor: string | undefined, more = true; more; ) {
      const page = await feed().page(fleet.operator, { limit: 2, after, cursor });
      if (page.kind !== 'listed') throw new Error(page.kind);
      seen.push(...page.items.map(({ data }) => data['n']));
      ({ through } = page);
      cursor = page.nextCursor;
      more = cursor !== undefined;
    }
    expect(seen).toEqual([1, 2, 3, 4, 5]);
    expect(through).toBe(after + 5);
    expect(await feed().page(fleet.operator, { limit: 2, after: through })).toEqual({
      kind: 'listed',
      items: [],
      through,
    });
  });

  test('of what was filtered come as far as those of all', async () => {
    await registered('wanted');
    await registered('unwanted');
    const after = await head();
    for (let n = 1; n <= 3; n += 1) {
      await emit(fleet.database, 'unwanted', n);
      await emit(fleet.database, 'wanted', n);
    }
    await emit(fleet.database, 'unwanted', 4);
    const wanted = { after, subject: 'hosts/wanted', types: ['host.patched'] as const };
    const page = await feed().page(fleet.operator, { limit: 10, ...wanted });
    expect(page).toMatchObject({
      items: [{ data: { n: 1 } }, { data: { n: 2 } }, { data: { n: 3 } }],
      through: after + 7,
    });
    expect(await feed().page(fleet.operator, { limit: 10, ...wanted, types: ['vm.removed'] })).toMatchObject({
      items: [],
      through: after + 7,
    });
  });

  test('take no cursor but their own', async () => {
    const other = await fleet.hosts.list(fleet.operator, { limit: 1 });
    const cursor = other.kind === 'listed' ? other.nextCursor : undefined;
    for (const bad of [cursor, '', 'e30', '!'])
      expect(await feed().page(fleet.operator, { limit: 1, cursor: bad })).toEqual({ kind: 'cursor-invalid' });
  });
});

describe('writers whose transactions commit in any order', () => {
  test('and followers in two processes: nothing is missed, nothing twice, and each subject in order', async () => {
    const hosts = Array.from({ length: 8 }, (_, index) => `crowd-${index}`);
    for (const host of hosts) await registered(host);
    const after = await head();
    // as another process has it: its own pool, sequencer and link that listens
    const second = await openDatabase({ url: fleet.url, allowVolatile: true });
    const followers = [
      new EventFollower(fleet.database, fleet.operator, { after }),
      new EventFollower(second, fleet.operator, { after }),
      new EventFollower(second, fleet.operator, { after }),
    ];
    const write = async (host: string, database: Database): Promise<void> => {
      for (let n = 1; n <= 25; n += 1) await emit(database, host, n, Math.random() < 0.5 ? 0 : Math.random() * 20);
    };
    await Promise.all(hosts.map((host, index) => write(host, index % 2 === 0 ? fleet.database : second)));
    const total = hosts.length * 25;
    for (const follower of followers) await soon(() => follower.events.length).toBe(total);
    for (const follower of followers) {
      await follower.stop();
      expect(faultsOf(follower.events, after)).toEqual([]);
    }
    const ids = followers.map(({ events }) => events.map(({ id }) => id).join());
    expect(new Set(ids).size).toBe(1);
    const { rows } = await fleet.database.pool.query(
      'SELECT array_agg(seq ORDER BY id) <> array_agg(seq ORDER BY seq) AS reordered FROM event WHERE seq > $1',
      [after],
    );
    // else this would show nothing: the order of writing was not the order of commits
    expect(rows).toEqual([{ reordered: true }]);
    await second.close();
  });

  test('and die while they number: what was acknowledged is there, and the numbers have no gap', async () => {
    await registered('killed');
    const after = await head();
    const follower = new EventFollower(fleet.database, fleet.operator, { after });
    const acknowledged: string[] = [];
    for (let round = 0; round < 8; round += 1) {
      const child = fork(new URL('../../../../test/support/event-child.mjs', import.meta.url), {
        env: { ...process.env, DATABASE_URL: fleet.url, SUBJECT: 'killed' },
        execArgv: [],
      });
      child.on('message', (n) => {
        if (typeof n === 'number') acknowledged.push(`${child.pid} ${n}`);
      });
      await once(child, 'message');
      await soon(() => acknowledged.some((line) => line.startsWith(`${child.pid} `))).toBe(true);
      await sleep(Math.random() * 30);
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }
    // a server's own process that is ended in the middle of its statement
    for (let n = 1; n <= 20; n += 1) {
      await emit(fleet.database, 'killed', n);
      await fleet.database.pool.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND query LIKE '%sequence_events%' AND pid <> pg_backend_pid()`,
      );
    }
    const last = await head();
    await soon(() => follower.events.at(-1)?.sequence).toBe(last);
    await follower.stop();
    expect(faultsOf(follower.events, after)).toEqual([]);
    const told = new Set(follower.events.map(({ data }) => `${data['pid']} ${data['n']}`));
    expect(acknowledged.filter((line) => !told.has(line))).toEqual([]);
  }, 120_000);
});

describe('a follower', () => {
  test('goes on in the middle of what another saw before', async () => {
    await registered('resumed');
    const after = await head();
    const first = new EventFollower(fleet.database, fleet.operator, { after });
    for (let n = 1; n <= 10; n += 1) await emit(fleet.database, 'resumed', n);
    await soon(() => first.events.length).toBe(10);
    await first.stop();
    const seen = first.events.slice(0, 4);
    const rest = new EventFollower(fleet.database, fleet.operator, { after: seen.at(-1)?.sequence ?? 0 });
    for (let n = 11; n <= 15; n += 1) await emit(fleet.database, 'resumed', n);
    await soon(() => rest.events.length).toBe(11);
    await rest.stop();
    expect(faultsOf([...seen, ...rest.events], after)).toEqual([]);
  });

  test('hears that it is quiet, and how far that reaches', async () => {
    await registered('quiet');
    const after = await head();
    const follower = new EventFollower(fleet.database, fleet.operator, {
      after,
      subject: 'hosts/nobody',
      silenceMilliseconds: 100,
    });
    await emit(fleet.database, 'quiet', 1);
    await soon(() => follower.steps.at(-1)).toEqual({ kind: 'quiet', through: after + 1 });
    await follower.stop();
    expect(follower.events).toEqual([]);
  });

  test('is told when what it asks for is no longer kept, or was never there', async () => {
    await registered('purged');
    const first = await head();
    for (let n = 1; n <= 3; n += 1) await emit(fleet.database, 'purged', n);
    expect(await head()).toBe(first + 3);
    await fleet.database.pool.query(`UPDATE event SET at = at - interval '8 days' WHERE seq <= $1`, [first + 1]);
    await feed().purge(7 * 86_400_000);
    const purged = first + 1;
    const gone = { kind: 'events-gone', purged, head: first + 3 };
    expect(await feed().page(fleet.operator, { limit: 10, after: first })).toEqual({ ...gone, after: first });
    expect(await feed().begin(fleet.operator, 0)).toEqual({ ...gone, after: 0 });
    expect(await feed().begin(fleet.operator, first + 4)).toEqual({ ...gone, after: first + 4 });
    expect(await pageAfter(purged)).toHaveLength(2);
    expect(await feed().page(fleet.operator, { limit: 1 })).toMatchObject({ items: [{ sequence: purged + 1 }] });
    const behind = new EventFollower(fleet.database, fleet.operator, { after: first - 1 });
    await behind.ended;
    expect(behind.steps).toEqual([{ ...gone, after: first - 1 }]);
  });

  test('keeps its place while the database is away', async () => {
    await registered('away');
    const after = await head();
    const target = new URL(fleet.url);
    const proxy = await TcpProxy.to({ host: target.hostname, port: Number(target.port || 5432) });
    target.host = `127.0.0.1:${proxy.port}`;
    const behind = await openDatabase({ url: target.href, allowVolatile: true });
    const follower = new EventFollower(behind, fleet.operator, { after });
    await emit(fleet.database, 'away', 1);
    await soon(() => follower.events.length).toBe(1);
    await proxy.refuse();
    await emit(fleet.database, 'away', 2);
    await proxy.heal();
    await emit(fleet.database, 'away', 3);
    await soon(() => follower.events.length).toBe(3);
    await follower.stop();
    expect(faultsOf(follower.events, after)).toEqual([]);
    await behind.close();
    await proxy.refuse();
  });
});

describe('a link that listens', () => {
  test('and dies in silence is noticed and opened again, and meanwhile the clock does its work', async () => {
    await registered('silent');
    const target = new URL(fleet.url);
    const proxy = await TcpProxy.to({ host: target.hostname, port: Number(target.port || 5432) });
    target.host = `127.0.0.1:${proxy.port}`;
    const lost: string[] = [];
    const signal = new PgEventSignal({
      url: target.href,
      heartbeatMilliseconds: 100,
      answerMilliseconds: 200,
      onLost: (error) => lost.push(error.message),
    });
    const watch = new FeedWatch(fleet.database.events, signal, { pollMilliseconds: 300 });
    const moved = async (n: number): Promise<number> => {
      const { version } = watch;
      const waiting = watch.changed(version, 20_000, new AbortController().signal);
      await emit(fleet.database, 'silent', n);
      await waiting;
      return watch.version - version;
    };
    expect(await moved(1)).toBeGreaterThan(0);
    proxy.freeze();
    expect(await moved(2)).toBeGreaterThan(0);
    await soon(() => lost.length).toBe(1);
    expect(lost[0]).toMatch(/timeout/i);
    const { rows } = await fleet.database.pool.query('SELECT clock_timestamp() AS now');
    const again = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'berth events' AND backend_start > $1`;
    await soon(async () => (await fleet.database.pool.query(again, [rows[0].now])).rows[0].n).toBe(1);
    expect(await moved(3)).toBeGreaterThan(0);
    watch.stop();
    await proxy.refuse();
  });
});
