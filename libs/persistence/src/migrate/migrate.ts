import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { ensureDatabase } from './ensure-database.js';
import { type Migration, readMigrations } from './migrations.js';

export interface MigrateOptions {
  readonly migrations?: readonly Migration[] | undefined;
  /** How long to wait for another runner to finish. */
  readonly waitMilliseconds?: number | undefined;
}

/** Shared with Prisma's own engine, so that neither runs beside the other. */
const LOCK = 72_707_369;
const WAIT_MILLISECONDS = 60_000;
const CONNECT_MILLISECONDS = 5_000;

const BOOKKEEPING = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id varchar(36) PRIMARY KEY NOT NULL,
  checksum varchar(64) NOT NULL,
  finished_at timestamptz,
  migration_name varchar(255) NOT NULL,
  logs text,
  rolled_back_at timestamptz,
  started_at timestamptz NOT NULL DEFAULT now(),
  applied_steps_count integer NOT NULL DEFAULT 0)`;

/**
 * Brings the database to the newest schema, making it first where it is missing; answers what was applied. It may be killed
 * at any moment, and any number may start at once: each migration and the note of it are one transaction, under one lock.
 */
export async function migrate(url: string, options: MigrateOptions = {}): Promise<readonly string[]> {
  const migrations = options.migrations ?? (await readMigrations());
  await ensureDatabase(url);
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MILLISECONDS,
    application_name: 'berth-migrate',
  });
  client.on('error', () => {});
  await client.connect();
  try {
    return await applyAll(client, migrations, options.waitMilliseconds ?? WAIT_MILLISECONDS);
  } finally {
    await client.end().catch(() => {});
  }
}

async function applyAll(
  client: pg.Client,
  migrations: readonly Migration[],
  waitMilliseconds: number,
): Promise<readonly string[]> {
  // A runner whose link went silent gives its lock back when the server notices, not when TCP does.
  await client.query(
    `SELECT set_config('tcp_keepalives_idle', '5', false), set_config('tcp_keepalives_interval', '2', false), set_config('tcp_keepalives_count', '3', false),
    set_config('lock_timeout', $1, false), set_config('idle_in_transaction_session_timeout', '10000', false)`,
    [String(waitMilliseconds)],
  );
  await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
  await client.query(BOOKKEEPING);
  const applied = await appliedMigrations(client, migrations);
  const missing = migrations.filter((migration) => !applied.has(migration.name));
  for (const migration of missing) await apply(client, migration);
  return missing.map((migration) => migration.name);
}

async function appliedMigrations(client: pg.Client, migrations: readonly Migration[]): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ migration_name: string; checksum: string; finished_at: Date | null }>(
    'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL',
  );
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const row of rows) {
    const migration = known.get(row.migration_name);
    if (row.finished_at === null)
      throw new Error(`migration \`${row.migration_name}\` was begun by another tool and did not finish`);
    // One that is not known is a newer program's: its schema serves this one too.
    if (migration !== undefined && migration.checksum !== row.checksum)
      throw new Error(`migration \`${row.migration_name}\` was edited after it was applied`);
  }
  return new Set(rows.map((row) => row.migration_name));
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(migration.sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count) VALUES ($1, $2, $3, clock_timestamp(), 1)`,
      [randomUUID(), migration.checksum, migration.name],
    );
    await client.query('COMMIT');
  } catch (cause) {
    await client.query('ROLLBACK').catch(() => {});
    throw new Error(`migration \`${migration.name}\` failed`, { cause });
  }
}
