import {
  type BackendFactory,
  type ConnectionOptions,
  type IQueueBackend,
  PostgresConnection,
  type PostgresPoolConfig,
  PostgresQueueBackend,
  runMigrations,
} from 'bullmq';
import pg from 'pg';
import { SCHEMA, SETTINGS } from './settings.js';
import { steady } from './steady.js';
import type { Transport } from './transport.js';

/** BullMQ's first migration makes some forty objects, which a busy machine does not do in a query's usual time. */
const MIGRATION_TIMEOUT = 60_000;

export function postgresTransport(databaseUrl: string): Transport {
  const backend = backendOn(databaseUrl);
  return {
    kind: 'postgres',
    sender: backend,
    worker: backend,
    prepare: () => migrate(databaseUrl),
    unsafe: () => Promise.resolve(undefined),
  };
}

function linkOptions(databaseUrl: string) {
  return {
    connectionString: databaseUrl,
    connectionTimeoutMillis: SETTINGS.connect,
    keepAlive: true,
    keepAliveInitialDelayMillis: SETTINGS.heartbeat,
    // The first is ours and notices a silent link, the others are the server's and free its locks.
    query_timeout: SETTINGS.postgresSilence,
    statement_timeout: SETTINGS.postgresSilence,
    idle_in_transaction_session_timeout: SETTINGS.postgresSilence,
  };
}

async function migrate(databaseUrl: string): Promise<void> {
  const client = new pg.Client({
    ...linkOptions(databaseUrl),
    query_timeout: MIGRATION_TIMEOUT,
    statement_timeout: MIGRATION_TIMEOUT,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await runMigrations(client, SCHEMA);
  } finally {
    await client.end().catch(() => undefined);
  }
}

function backendOn(databaseUrl: string): BackendFactory<IQueueBackend, ConnectionOptions> {
  const config: PostgresPoolConfig = { ...linkOptions(databaseUrl), schema: SCHEMA, max: 4 };
  return (queue, options, { withBlockingConnection = false } = {}) => {
    const connection = new PostgresConnection(config);
    hearErrors(connection);
    const backend = new PostgresQueueBackend(
      connection,
      queue,
      { ...options, connection: config },
      true,
      withBlockingConnection ? queue : undefined,
    );
    if (withBlockingConnection) keepListening(connection);
    return steady(backend);
  };
}

/**
 * Whoever has borrowed a link hears of its end by the statement that fails. BullMQ borrows one to look at its schema and does not
 * listen to it meanwhile, and an error of a client that nobody hears ends the program.
 */
function hearErrors({ pool }: PostgresConnection): void {
  if (pool instanceof pg.Pool) pool.on('connect', (client) => client.on('error', () => undefined));
}

/**
 * A LISTEN link only ever receives, so it cannot tell silence from death: ask it something now and then, and cut it when it
 * does not answer. BullMQ then opens a new one.
 */
function keepListening(connection: PostgresConnection): void {
  const timer = setInterval(() => void beat(connection), SETTINGS.heartbeat);
  timer.unref();
  connection.on('close', () => clearInterval(timer));
}

async function beat(connection: PostgresConnection): Promise<void> {
  if (connection.isClosing !== undefined) return;
  const client = await connection.getListenClient().catch(() => undefined);
  try {
    await client?.query('select 1');
  } catch (error) {
    cut(client?.connection?.stream, error);
  }
}

function cut(stream: unknown, error: unknown): void {
  if (typeof stream === 'object' && stream !== null && 'destroy' in stream && typeof stream.destroy === 'function')
    stream.destroy(error);
}
