import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { migrate } from '../../libs/persistence/src/migrate/migrate.js';
import { launchPostgres } from './launch-postgres.js';
import { RUN_FOLDER } from './postgres-of-the-run.js';

/** A database of a test's own. */
export interface TestDatabase {
  readonly url: string;
  /** Drops it, whoever is still connected. */
  readonly stop: () => Promise<void>;
}

/**
 * An empty database on `DATABASE_URL`'s server, or else on an embedded one. The embedded server is started by the first test
 * of a run that asks, and shared by all of the run's processes.
 */
export async function startPostgres(): Promise<TestDatabase> {
  const server = await serverUrl();
  const name = `berth_test_${randomBytes(6).toString('hex')}`;
  await onServer(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, stop: () => onServer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

/** The same, with the newest schema. */
export async function migratedDatabase(): Promise<TestDatabase> {
  const database = await startPostgres();
  await migrate(database.url);
  return database;
}

async function onServer(server: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

let own: Promise<string> | undefined;

function serverUrl(): Promise<string> {
  const outside = process.env['DATABASE_URL'];
  if (outside !== undefined && outside !== '') return Promise.resolve(outside);
  own ??= sharedServer();
  return own;
}

async function sharedServer(): Promise<string> {
  const folder = process.env[RUN_FOLDER];
  if (folder === undefined)
    throw new Error('tests on Postgres run under vitest, whose global setup says where the server lives');
  const note = join(folder, 'url');
  try {
    mkdirSync(join(folder, 'starting'));
  } catch {
    return whenNoted(note);
  }
  return launchPostgres(folder, note);
}

/** Another process of the run is starting the server. */
async function whenNoted(note: string): Promise<string> {
  for (let waited = 0; waited < 600; waited += 1) {
    if (existsSync(note)) return readFileSync(note, 'utf8');
    await sleep(50);
  }
  throw new Error('the embedded Postgres of this run did not start');
}
