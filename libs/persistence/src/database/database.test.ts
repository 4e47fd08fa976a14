import { RegisterFingerprint, Unavailable } from '@berth/application';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fingerprint, minutesAgo, openFleet, type TestFleet } from '../../../../test/support/fleet.js';
import { startPostgres } from '../../../../test/support/postgres.js';
import { FrameProxy } from '../../../../test/support/postgres-frames.js';
import { TcpProxy } from '../../../../test/support/tcp-proxy.js';
import { type Database, openDatabase } from './open-database.js';

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await openFleet();
});
afterAll(() => fleet?.close());

/** Another pool on the same database, behind something that breaks. */
const through = (url: string, statementMilliseconds?: number) =>
  openDatabase({ url, allowVolatile: true, connections: 2, statementMilliseconds });

async function behindTcp(): Promise<{ proxy: TcpProxy; url: string }> {
  const target = new URL(fleet.url);
  const proxy = await TcpProxy.to({ host: target.hostname, port: Number(target.port || 5432) });
  target.host = `127.0.0.1:${proxy.port}`;
  return { proxy, url: target.href };
}

const why = (error: unknown): string => (error instanceof Unavailable ? error.why : String(error));

describe('a server that does not answer', () => {
  test('is `Unavailable` to every kind of question, and works again when it is back', async () => {
    const { proxy, url } = await behindTcp();
    const database = await through(url);
    await database.vms.find('default', 'nobody');
    await proxy.refuse();
    const questions = {
      prisma: () => database.vms.find('default', 'nobody'),
      raw: () => database.vms.page('default', { labels: new Map([['a', 'b']]) }, '', 1),
      pg: () => database.hosts.find('default', 'nobody'),
      transaction: () => database.work.run((tx) => tx.vms.lock('default', 'nobody')),
    };
    for (const [kind, ask] of Object.entries(questions)) {
      const answer = await ask().then(() => 'an answer', why);
      expect(answer, kind).toBe('unreachable');
    }
    expect(await database.ready()).toEqual({ kind: 'not-ready', why: 'Postgres: unreachable' });
    await proxy.heal();
    for (const ask of Object.values(questions)) await ask();
    expect(await database.ready()).toEqual({ kind: 'ready' });
    await database.close();
    await proxy.refuse();
  });

  test('is noticed when its link goes silent, and the row it held is free', async () => {
    const { proxy, url } = await behindTcp();
    const database = await through(url, 1_000);
    await fleet.registerFingerprint.run(fleet.operator, 'held', fingerprint(minutesAgo(9)));
    const silent = database.work.run(async (tx) => {
      await tx.hosts.lock('default', 'held');
      proxy.freeze();
      await tx.hosts.lock('default', 'held');
    });
    expect(await silent.then(() => 'an answer', why)).toBe('timeout');
    expect(
      await fleet.registerFingerprint.run(fleet.operator, 'held', fingerprint(minutesAgo(8), { bootId: 'b' })),
    ).toMatchObject({ revision: 2 });
    expect(await database.hosts.find('default', 'held')).toMatchObject({ revision: 2 });
    await database.close();
    await proxy.refuse();
  });

  test.each<[string, (database: Database) => Promise<unknown>]>([
    ['a question', (database) => database.hosts.find('default', 'nobody')],
    ['a transaction', (database) => database.work.run((tx) => tx.hosts.lock('default', 'nobody'))],
  ])('is waited for once by %s, however many links fell silent', async (_asker, ask) => {
    const { proxy, url } = await behindTcp();
    const database = await openDatabase({ url, allowVolatile: true, connections: 8, statementMilliseconds: 500 });
    await Promise.all(Array.from({ length: 20 }, () => ask(database)));
    expect(database.pool.idleCount).toBeGreaterThan(2);
    proxy.freeze();
    expect(await ask(database).then(() => 'an answer', why)).toBe('timeout');
    expect(await ask(database).then(() => 'an answer', why)).toBe('an answer');
    await database.close();
    await proxy.refuse();
  });

  test('that ends a session while nobody uses it harms nothing', async () => {
    const lost: Error[] = [];
    const database = await openDatabase({ url: fleet.url, allowVolatile: true, onLost: (error) => lost.push(error) });
    await database.ready();
    await fleet.database.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    await expect.poll(() => lost.length).toBe(1);
    expect(await database.ready()).toEqual({ kind: 'ready' });
    await database.close();
  });
});

test('a registration cut at any message has one effect when it is sent again', async () => {
  const counting = await FrameProxy.to(fleet.url);
  const first = await through(counting.url);
  const opened = counting.passed;
  const sent = fingerprint(minutesAgo(9));
  const register = ({ work, hosts }: Database, host: string) =>
    new RegisterFingerprint(work, hosts).run(fleet.operator, host, sent);
  await register(first, 'counted');
  const messages = counting.passed - opened;
  await first.close();
  await counting.close();

  let unknown = 0;
  for (let message = 0; message < messages; message += 1) {
    for (const when of ['before', 'after'] as const) {
      const host = `cut-${message}-${when}`;
      const proxy = await FrameProxy.to(fleet.url);
      const database = await through(proxy.url);
      proxy.cutAt({ message: proxy.passed + message, when });
      const answer = await register(database, host).then((registered) => registered.kind, why);
      if (answer !== 'registered') unknown += 1;
      await database.close();
      await proxy.close();
      expect(['registered', 'unreachable'], `${when} ${message}`).toContain(answer);
      expect(await register(fleet.database, host)).toMatchObject({ kind: 'registered', revision: 1 });
      const { rows } = await fleet.database.pool.query('SELECT count(*)::int AS n FROM audit WHERE subject = $1', [
        host,
      ]);
      expect(rows, `${when} ${message}`).toEqual([{ n: 1 }]);
    }
  }
  console.log(`registration: cut at ${messages * 2} points, ${unknown} unknown to the caller, each done once`);
}, 120_000);

describe('a transaction that the server undid', () => {
  test('by a deadlock is run again', async () => {
    for (const host of ['left', 'right']) {
      await fleet.registerFingerprint.run(fleet.operator, host, fingerprint(minutesAgo(9)));
    }
    const attempts = new Map<string, number>();
    let arrived = 0;
    const cross = (first: string, second: string) =>
      fleet.database.work.run(async (tx) => {
        attempts.set(first, (attempts.get(first) ?? 0) + 1);
        await tx.hosts.lock('default', first);
        arrived += 1;
        if (attempts.get(first) === 1) await expect.poll(() => arrived).toBeGreaterThan(1);
        await tx.hosts.lock('default', second);
        await tx.audit.write(fleet.operator, 'host.patch', `${first} to ${second}`, {});
      });
    await Promise.all([cross('left', 'right'), cross('right', 'left')]);
    expect([...attempts.values()].sort()).toEqual([1, 2]);
    const { rows } = await fleet.database.pool.query(
      `SELECT count(*)::int AS n FROM audit WHERE subject LIKE '% to %'`,
    );
    expect(rows).toEqual([{ n: 2 }]);
  });

  test('by ending the session is run again on another', async () => {
    let attempts = 0;
    await fleet.database.work.run(async (tx) => {
      attempts += 1;
      await tx.hosts.lock('default', 'left');
      if (attempts === 1) {
        await fleet.database.pool.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE datname = current_database() AND state = 'idle in transaction'`,
        );
      }
      await tx.audit.write(fleet.operator, 'host.patch', 'ended', {});
    });
    expect(attempts).toBe(2);
    const { rows } = await fleet.database.pool.query(`SELECT count(*)::int AS n FROM audit WHERE subject = 'ended'`);
    expect(rows).toEqual([{ n: 1 }]);
  });

  test('because the work itself failed is not run again, and leaves nothing', async () => {
    let attempts = 0;
    const failing = fleet.database.work.run(async (tx) => {
      attempts += 1;
      await tx.audit.write(fleet.operator, 'host.patch', 'never', {});
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(attempts).toBe(1);
    const { rows } = await fleet.database.pool.query(`SELECT count(*)::int AS n FROM audit WHERE subject = 'never'`);
    expect(rows).toEqual([{ n: 0 }]);
  });
});

describe('opening', () => {
  test('refuses a server that may forget, and names the setting', async () => {
    const { rows } = await fleet.database.pool.query(`SELECT setting FROM pg_settings WHERE name = 'fsync'`);
    await fleet.database.pool.query(
      `ALTER DATABASE ${new URL(fleet.url).pathname.slice(1)} SET synchronous_commit = off`,
    );
    const opening = openDatabase({ url: fleet.url }).then((database) => database.close());
    await expect(opening).rejects.toThrow('`synchronous_commit` is off');
    if (rows[0].setting === 'off') await expect(openDatabase({ url: fleet.url })).rejects.toThrow('`fsync` is off');
    await fleet.database.pool.query(`ALTER DATABASE ${new URL(fleet.url).pathname.slice(1)} RESET synchronous_commit`);
  });

  test('says when the schema is behind', async () => {
    const empty = await startPostgres();
    const database = await openDatabase({ url: empty.url, allowVolatile: true });
    expect(await database.ready()).toEqual({ kind: 'not-ready', why: 'the schema is older than this program' });
    await database.close();
    await empty.stop();
  });

  test('fails with `Unavailable` where nothing listens', async () => {
    await expect(openDatabase({ url: 'postgresql://127.0.0.1:1/none' })).rejects.toThrow(Unavailable);
  });
});
