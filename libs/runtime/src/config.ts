import type { TicketKey } from '@berth/application';
import {
  type LogLevel,
  type Parsed,
  parseAllowance,
  parseDataDir,
  parseDuration,
  parseHeartbeat,
  parseHost,
  parseLogLevel,
  parsePort,
  parseServerUrl,
  parseSigningKey,
  parseTicketTtl,
} from './config-fields.js';
import { nearest } from './nearest.js';

export interface Config {
  /** absent: `npm start` brings up its own PostgreSQL; the programs that run alone refuse to start */
  readonly databaseUrl: string | undefined;
  /** absent: the queues run on Postgres too */
  readonly redisUrl: string | undefined;
  readonly host: string;
  readonly port: number;
  /** absolute */
  readonly dataDir: string;
  readonly factTtlMs: number;
  /** how far apart hosts are asked to send their heartbeats */
  readonly heartbeatMs: number;
  /** how long a migration's ticket is good for at most */
  readonly ticketTtlMs: number;
  /** how long after its start a migration's report is waited for */
  readonly migrationDeadlineMs: number;
  /** absent: each fleet's own keys, which are in the database, sign tickets */
  readonly ticketKey: TicketKey | undefined;
  readonly events: EventConfig;
  readonly logLevel: LogLevel;
  /** false when the level is only the default, so that a terminal may stay quieter than the log file */
  readonly logLevelChosen: boolean;
}

export interface EventConfig {
  /** how long events, and what became of each message about them, are kept */
  readonly retentionMs: number;
  /** may webhooks lead into private networks? */
  readonly webhookPrivate: boolean;
  /** the first wait after a message that failed; the other waits grow with it */
  readonly webhookRetryMs: number;
}

export interface ConfigFault {
  readonly name: string;
  readonly message: string;
}

export type ConfigRead = { kind: 'ok'; config: Config } | { kind: 'invalid'; faults: readonly ConfigFault[] };

export type Environment = Readonly<Record<string, string | undefined>>;

/** Everything Berth reads from the environment. BERTH_KEY, BERTH_KEY_FILE and BERTH_URL are for clients, who may share the shell. */
export const VARIABLES = [
  'DATABASE_URL',
  'REDIS_URL',
  'BERTH_HOST',
  'BERTH_PORT',
  'BERTH_DATA_DIR',
  'BERTH_KEY',
  'BERTH_KEY_FILE',
  'BERTH_URL',
  'BERTH_FACT_TTL',
  'BERTH_HEARTBEAT',
  'BERTH_TICKET_TTL',
  'BERTH_MIGRATION_DEADLINE',
  'BERTH_TICKET_KEY',
  'BERTH_EVENT_RETENTION',
  'BERTH_WEBHOOK_PRIVATE',
  'BERTH_WEBHOOK_RETRY',
  'BERTH_LOG_LEVEL',
] as const;

const DEFAULTS = {
  BERTH_HOST: '127.0.0.1',
  BERTH_PORT: '8420',
  BERTH_DATA_DIR: '.berth',
  BERTH_FACT_TTL: '24h',
  BERTH_HEARTBEAT: '20s',
  BERTH_TICKET_TTL: '300s',
  BERTH_MIGRATION_DEADLINE: '1h',
  BERTH_EVENT_RETENTION: '7d',
  BERTH_WEBHOOK_PRIVATE: 'refuse',
  BERTH_WEBHOOK_RETRY: '5s',
  BERTH_LOG_LEVEL: 'info',
};

const PG_PROTOCOLS = ['postgres', 'postgresql'];
const REDIS_PROTOCOLS = ['redis', 'rediss', 'redis+sentinel', 'redis+cluster', 'valkey', 'valkeys'];

/** Names every fault at once: a person should not have to start five times to learn of five typing errors. */
export function readConfig(env: Environment, cwd: string = process.cwd()): ConfigRead {
  const faults: ConfigFault[] = unknownVariables(env);
  const found = settingsOf(readerOf(env, faults), cwd);
  if (faults.length > 0) return { kind: 'invalid', faults };
  const logLevelChosen = Boolean(env['BERTH_LOG_LEVEL']);
  // What has a default is there, or is among the faults.
  return { kind: 'ok', config: { ...(found as Settings), logLevelChosen } };
}

type Settings = Omit<Config, 'logLevelChosen'>;
type Found<T> = { readonly [K in keyof T]: T[K] | undefined };
type Read = <T>(name: string, parse: (text: string) => Parsed<T>, fallback?: string) => T | undefined;

function readerOf(env: Environment, faults: ConfigFault[]): Read {
  return (name, parse, fallback) => {
    // an empty value is an absent one: `VAR=` is how compose files and shells pass "nothing"
    const text = env[name] || fallback;
    if (text === undefined) return undefined;
    const parsed = parse(text);
    if (parsed.kind === 'ok') return parsed.value;
    faults.push({ name, message: parsed.message });
    return undefined;
  };
}

function settingsOf(read: Read, cwd: string): Found<Settings> {
  return {
    databaseUrl: read('DATABASE_URL', (text) => parseServerUrl(text, PG_PROTOCOLS)),
    redisUrl: read('REDIS_URL', (text) => parseServerUrl(text, REDIS_PROTOCOLS)),
    host: read('BERTH_HOST', parseHost, DEFAULTS.BERTH_HOST),
    port: read('BERTH_PORT', parsePort, DEFAULTS.BERTH_PORT),
    dataDir: read('BERTH_DATA_DIR', (text) => parseDataDir(text, cwd), DEFAULTS.BERTH_DATA_DIR),
    factTtlMs: read('BERTH_FACT_TTL', parseDuration, DEFAULTS.BERTH_FACT_TTL),
    heartbeatMs: read('BERTH_HEARTBEAT', parseHeartbeat, DEFAULTS.BERTH_HEARTBEAT),
    ticketTtlMs: read('BERTH_TICKET_TTL', parseTicketTtl, DEFAULTS.BERTH_TICKET_TTL),
    migrationDeadlineMs: read('BERTH_MIGRATION_DEADLINE', parseDuration, DEFAULTS.BERTH_MIGRATION_DEADLINE),
    ticketKey: read('BERTH_TICKET_KEY', parseSigningKey),
    events: eventsOf(read) as EventConfig,
    logLevel: read('BERTH_LOG_LEVEL', parseLogLevel, DEFAULTS.BERTH_LOG_LEVEL),
  };
}

const eventsOf = (read: Read): Found<EventConfig> => ({
  retentionMs: read('BERTH_EVENT_RETENTION', parseDuration, DEFAULTS.BERTH_EVENT_RETENTION),
  webhookPrivate: read('BERTH_WEBHOOK_PRIVATE', parseAllowance, DEFAULTS.BERTH_WEBHOOK_PRIVATE),
  webhookRetryMs: read('BERTH_WEBHOOK_RETRY', parseDuration, DEFAULTS.BERTH_WEBHOOK_RETRY),
});

export class ConfigError extends Error {
  readonly faults: readonly ConfigFault[];

  constructor(faults: readonly ConfigFault[]) {
    const count = faults.length === 1 ? 'a fault' : `${faults.length} faults`;
    super([`the environment has ${count}`, ...faults.map((fault) => `  ${fault.name}: ${fault.message}`)].join('\n'));
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/** For a program's first line: the config, or an error whose message is fit to be printed as it stands. */
export function loadConfig(env: Environment = process.env): Config {
  const read = readConfig(env);
  if (read.kind === 'invalid') throw new ConfigError(read.faults);
  return read.config;
}

/** The API and the worker on their own have no server to fall back on. */
export function requireDatabaseUrl(config: Config): string {
  if (config.databaseUrl !== undefined) return config.databaseUrl;
  throw new ConfigError([
    { name: 'DATABASE_URL', message: 'is not set: name a PostgreSQL server, or run `npm start`, which brings its own' },
  ]);
}

function unknownVariables(env: Environment): ConfigFault[] {
  const known: readonly string[] = VARIABLES;
  return Object.keys(env)
    .filter((name) => name.startsWith('BERTH_') && !known.includes(name))
    .sort()
    .map((name) => {
      const guess = nearest(name, known);
      return {
        name,
        message:
          guess === undefined ? `is not known; known are ${known.join(', ')}` : `is not known: did you mean ${guess}?`,
      };
    });
}
