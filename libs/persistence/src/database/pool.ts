import pg from 'pg';
import { endSilentLinks } from './silent-links.js';

export interface PoolConfig {
  readonly url: string;
  /** How many connections at most. */
  readonly connections?: number | undefined;
  /** How long one statement may take, on either end of the link. */
  readonly statementMilliseconds?: number | undefined;
  /** Told of a connection that broke while nobody used it. */
  readonly onLost?: ((error: Error) => void) | undefined;
}

const CONNECTIONS = 10;
const STATEMENT_MILLISECONDS = 5_000;
const CONNECT_MILLISECONDS = 2_000;

/**
 * A link can go silent without being closed, and then nothing but a clock notices. The server ends what its client has
 * forgotten, so that a row lock is free within 5 s, and the client ends what the server does not answer. A statement of which only a
 * part arrived is neither idle nor running to Postgres: that ends with the time for the whole transaction, where the server has one (17).
 */
const SESSION = `SELECT set_config('statement_timeout', $1, false), set_config('idle_in_transaction_session_timeout', $1, false),
  set_config('timezone', 'UTC', false),
  (SELECT set_config(name, '1s', false) FROM pg_settings WHERE name = 'client_connection_check_interval'),
  (SELECT set_config(name, '60s', false) FROM pg_settings WHERE name = 'transaction_timeout')`;

export function openPool(config: PoolConfig): pg.Pool {
  const milliseconds = config.statementMilliseconds ?? STATEMENT_MILLISECONDS;
  const pool = new pg.Pool({
    connectionString: config.url,
    application_name: 'berth',
    max: config.connections ?? CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MILLISECONDS,
    idleTimeoutMillis: 30_000,
    query_timeout: milliseconds,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5_000,
    onConnect: async (client) => {
      await client.query(SESSION, [String(milliseconds)]);
    },
  });
  // Without listeners a connection that breaks ends the process: `error` of an idle one comes on the pool, of a lent one on the client.
  pool.on('error', (error) => {
    // The pool hangs the whole client on it, with every statement that it has prepared: some kilobytes in each line of the log.
    Reflect.deleteProperty(error, 'client');
    config.onLost?.(error);
  });
  pool.on('connect', (client) => client.on('error', () => {}));
  endSilentLinks(pool, milliseconds);
  return pool;
}
