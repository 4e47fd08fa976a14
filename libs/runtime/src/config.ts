import {
  type LogLevel,
  type Parsed,
  parseDataDir,
  parseDuration,
  parseHost,
  parseLogLevel,
  parsePort,
  parseServerUrl,
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
  readonly logLevel: LogLevel;
  /** false when the level is only the default, so that a terminal may stay quieter than the log file */
  readonly logLevelChosen: boolean;
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
  'BERTH_LOG_LEVEL',
] as const;

const DEFAULTS = {
  BERTH_HOST: '127.0.0.1',
  BERTH_PORT: '8420',
  BERTH_DATA_DIR: '.berth',
  BERTH_FACT_TTL: '24h',
  BERTH_LOG_LEVEL: 'info',
};

const PG_PROTOCOLS = ['postgres', 'postgresql'];
const REDIS_PROTOCOLS = ['redis', 'rediss', 'redis+sentinel', 'redis+cluster', 'valkey', 'valkeys'];

/** Names every fault at once: a person should not have to start five times to learn of five typing errors. */
export function readConfig(env: Environment, cwd: string = process.cwd()): ConfigRead {
  const faults: ConfigFault[] = unknownVariables(env);
  const read = <T>(name: string, parse: (text: string) => Parsed<T>, fallback?: string): T | undefined => {
    // an empty value is an absent one: `VAR=` is how compose files and shells pass "nothing"
    const text = env[name] || fallback;
    if (text === undefined) return undefined;
    const parsed = parse(text);
    if (parsed.kind === 'ok') return parsed.value;
    faults.push({ name, message: parsed.message });
    return undefined;
  };
  const databaseUrl = read('DATABASE_URL', (text) => parseServerUrl(text, PG_PROTOCOLS));
  const redisUrl = read('REDIS_URL', (text) => parseServerUrl(text, REDIS_PROTOCOLS));
  const host = read('BERTH_HOST', parseHost, DEFAULTS.BERTH_HOST);
  const port = read('BERTH_PORT', parsePort, DEFAULTS.BERTH_PORT);
  const dataDir = read('BERTH_DATA_DIR', (text) => parseDataDir(text, cwd), DEFAULTS.BERTH_DATA_DIR);
  const factTtlMs = read('BERTH_FACT_TTL', parseDuration, DEFAULTS.BERTH_FACT_TTL);
  const logLevel = read('BERTH_LOG_LEVEL', parseLogLevel, DEFAULTS.BERTH_LOG_LEVEL);
  if (
    host === undefined ||
    port === undefined ||
    dataDir === undefined ||
    factTtlMs === undefined ||
    logLevel === undefined ||
    faults.length > 0
  ) {
    return { kind: 'invalid', faults };
  }
  const logLevelChosen = Boolean(env['BERTH_LOG_LEVEL']);
  return { kind: 'ok', config: { databaseUrl, redisUrl, host, port, dataDir, factTtlMs, logLevel, logLevelChosen } };
}

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
