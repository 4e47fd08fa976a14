import { relative } from 'node:path';
import { type AdminKey, type Config, serverAddress } from '@berth/runtime';
import type { PostgresServer } from './postgres/postgres-server.js';

export interface Started {
  readonly config: Config;
  readonly url: string;
  readonly adminKey: AdminKey;
  readonly logFile: string;
  readonly postgres: PostgresServer | undefined;
}

const DEFAULT_URL = 'http://127.0.0.1:8420';

/** What a person needs to go on; never a secret. */
export function firstScreen(started: Started, cwd: string = process.cwd()): string {
  const { config, postgres } = started;
  const url = reachable(started.url);
  const rows = [
    ['API', `${url}   (reference: ${url}/docs)`],
    ['admin key', `${started.adminKey.file}${keyNote(started.adminKey)}`],
    ['data', config.dataDir],
    [
      'database',
      postgres === undefined
        ? serverAddress(config.databaseUrl ?? '')
        : `its own PostgreSQL on 127.0.0.1:${postgres.port}${elsewhere(postgres, config)}`,
    ],
    [
      'queue',
      config.redisUrl === undefined
        ? 'on PostgreSQL (REDIS_URL names a Redis instead)'
        : serverAddress(config.redisUrl),
    ],
    ['log', started.logFile],
  ];
  const facts = rows.map(([label = '', value = '']) => `  ${label.padEnd(10)} ${value}`);
  return [
    '',
    `Berth is ready at ${url}`,
    '',
    ...facts,
    '',
    'Try, in another terminal:',
    '',
    ...tries(started, cwd).map((line) => `  ${line}`),
    '',
    'Ctrl-C stops it; the data stay.',
    '',
  ].join('\n');
}

function tries({ config, adminKey, ...started }: Started, cwd: string): string[] {
  const url = reachable(started.url);
  const near = relative(cwd, adminKey.file);
  const key = near.startsWith('..') ? adminKey.file : near;
  // clients look in the default places by themselves
  const plain = url === DEFAULT_URL && relative(cwd, config.dataDir) === '.berth';
  const hints = plain ? [] : [`export BERTH_URL=${url} BERTH_KEY="$(cat ${key})"`];
  return [
    ...hints,
    `curl -H "Authorization: Bearer $(cat ${key})" ${url}/v1/hosts`,
    'npm run demo',
    'npx berth explain CACHEABLE_PFNMAP_UNSUPPORTED',
  ];
}

/** All addresses is where it listens, not where one can go. */
function reachable(url: string): string {
  return url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
}

function keyNote({ isNew, replaced }: AdminKey): string {
  if (replaced !== undefined) return `   (new: this database does not know the one that was there, now in ${replaced})`;
  return isNew ? '   (new)' : '';
}

function elsewhere(postgres: PostgresServer, config: Config): string {
  return postgres.cluster.startsWith(config.dataDir) ? '' : `, data in ${postgres.cluster}`;
}
