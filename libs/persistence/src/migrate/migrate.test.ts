import { createHash } from 'node:crypto';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startPostgres, type TestDatabase } from '../../../../test/support/postgres.js';
import { FrameProxy } from '../../../../test/support/postgres-frames.js';
import { migrate } from './migrate.js';
import { type Migration, readMigrations } from './migrations.js';

const migration = (name: string, sql: string): Migration => ({
  name,
  sql,
  checksum: createHash('sha256').update(sql).digest('hex'),
});

const FIRST = migration('1_first', `CREATE TABLE one (id integer PRIMARY KEY); INSERT INTO one VALUES (1);`);
const SECOND = migration(
  '2_second',
  `CREATE TABLE two (id integer PRIMARY KEY); INSERT INTO two SELECT id + 1 FROM one; ALTER TABLE one ADD COLUMN more text;`,
);
const SMALL = [FIRST, SECOND];

let database: TestDatabase;
beforeEach(async () => {
  database = await startPostgres();
});
afterEach(() => database?.stop());

async function query(url: string, sql: string): Promise<readonly object[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** The database beside this one that does not exist yet. */
const missing = (url: string): string => `${url}_made`;
const drop = (url: string): Promise<readonly object[]> =>
  query(database.url, `DROP DATABASE IF EXISTS ${new URL(url).pathname.slice(1)} WITH (FORCE)`);
const applied = (url: string): Promise<readonly object[]> =>
  query(url, 'SELECT migration_name, finished_at IS NOT NULL AS finished FROM _prisma_migrations ORDER BY 1');

describe('the runner', () => {
  test('applies what is missing, once', async () => {
    expect(await migrate(database.url, { migrations: [FIRST] })).toEqual(['1_first']);
    expect(await migrate(database.url, { migrations: SMALL })).toEqual(['2_second']);
    expect(await migrate(database.url, { migrations: SMALL })).toEqual([]);
    // An older program on a newer schema changes nothing.
    expect(await migrate(database.url, { migrations: [FIRST] })).toEqual([]);
  });

  test('leaves nothing of one that fails, and goes on when it is mended', async () => {
    const broken = migration('2_second', 'CREATE TABLE two (id integer); SELECT 1 / 0;');
    await expect(migrate(database.url, { migrations: [FIRST, broken] })).rejects.toThrow('migration `2_second` failed');
    expect(await query(database.url, `SELECT to_regclass('two') AS two`)).toEqual([{ two: null }]);
    expect(await migrate(database.url, { migrations: SMALL })).toEqual(['2_second']);
  });

  test('refuses one that was edited after it was applied', async () => {
    await migrate(database.url, { migrations: SMALL });
    const edited = migration('1_first', `${FIRST.sql} `);
    await expect(migrate(database.url, { migrations: [edited, SECOND] })).rejects.toThrow(
      '`1_first` was edited after it was applied',
    );
  });

  test('makes the database, and of eight starters one applies', async () => {
    const url = missing(database.url);
    const answers = await Promise.all(Array.from({ length: 8 }, () => migrate(url)));
    const all = (await readMigrations()).map(({ name }) => name);
    expect(answers.filter((names) => names.length > 0)).toEqual([all]);
    expect(await applied(url)).toEqual(all.map((name) => ({ migration_name: name, finished: true })));
    await drop(url);
  });
});

/** How many messages a whole run takes. */
async function messagesOf(url: string): Promise<number> {
  const proxy = await FrameProxy.to(url);
  await migrate(proxy.url, { migrations: SMALL });
  await proxy.close();
  return proxy.passed;
}

/** Runs into a cut, then runs again; answers whether the first run met it. */
async function recover(
  url: string,
  message: number,
  when: 'before' | 'after',
  ask = (sql: string) => query(url, sql),
): Promise<boolean> {
  const proxy = await FrameProxy.to(url);
  proxy.cutAt({ message, when });
  const met = await migrate(proxy.url, { migrations: SMALL }).then(
    () => false,
    () => true,
  );
  await proxy.close();
  await migrate(url, { migrations: SMALL });
  const state = await ask(
    `SELECT (SELECT string_agg(migration_name, ' ' ORDER BY migration_name) FROM _prisma_migrations WHERE finished_at IS NOT NULL) AS applied,
      (SELECT count(*)::int FROM _prisma_migrations) AS noted, one.id AS one, two.id AS two, more FROM one, two`,
  );
  expect(state, `cut ${when} message ${message}`).toEqual([
    { applied: '1_first 2_second', noted: 2, one: 1, two: 2, more: null },
  ]);
  return met;
}

describe('killed before or after any of its messages, the runner succeeds at the next start', () => {
  const both = ['before', 'after'] as const;

  test('on a database that is there', async () => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const ask = async (sql: string) => (await client.query(sql)).rows;
    const messages = await messagesOf(database.url);
    let met = 0;
    for (let message = 0; message < messages; message += 1) {
      for (const when of both) {
        await client.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
        met += (await recover(database.url, message, when, ask)) ? 1 : 0;
      }
    }
    await client.end();
    console.log(`schema runner: cut at ${messages * 2} points, ${met} runs failed, all recovered`);
    // What comes after the last commit is a goodbye, which nothing depends on.
    expect(met).toBeGreaterThan(messages);
  }, 120_000);

  test('and while it makes the database', async () => {
    const url = missing(database.url);
    const inAll = await messagesOf(url);
    const onceThere = await messagesOf(url);
    // The first link is turned away, a second one makes the database; what follows is as above. Every fifth point will do.
    for (let message = 0; message < inAll - onceThere + 30; message += 5) {
      for (const when of both) {
        await drop(url);
        await recover(url, message, when);
      }
    }
    await drop(url);
  }, 120_000);
});
