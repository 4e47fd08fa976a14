import pg from 'pg';

const CONNECT_MILLISECONDS = 5_000;
const MISSING = '3D000';
/** Made by another runner at the same moment: as its own error, or as the unique key of the catalogue. */
const MADE_MEANWHILE: ReadonlySet<string> = new Set(['42P04', '23505']);

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;

/** Makes the database that the address names, where the server has none of that name. */
export async function ensureDatabase(url: string): Promise<void> {
  try {
    await once(url, 'SELECT 1');
  } catch (error) {
    if (codeOf(error) !== MISSING) throw error;
    await create(url);
  }
}

async function create(url: string): Promise<void> {
  const address = new URL(url);
  const name = decodeURIComponent(address.pathname.slice(1));
  address.pathname = '/postgres';
  try {
    await once(address.href, `CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  } catch (error) {
    const code = codeOf(error);
    if (typeof code !== 'string' || !MADE_MEANWHILE.has(code)) throw error;
  }
}

async function once(url: string, sql: string): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MILLISECONDS,
    application_name: 'berth-migrate',
  });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query(sql);
  } finally {
    await client.end().catch(() => {});
  }
}
