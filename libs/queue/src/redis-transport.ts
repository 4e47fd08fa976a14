import { type BackendFactory, type ConnectionOptions, createRedisBackend, type IQueueBackend } from 'bullmq';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { parseRedisAddress, type RedisAddress } from './redis-address.js';
import { PREFIX, SETTINGS } from './settings.js';
import { steady } from './steady.js';
import type { Report, Transport } from './transport.js';
import { within } from './within.js';

type Link = Redis | Cluster;

const COMMON: RedisOptions = {
  connectTimeout: SETTINGS.connect,
  socketTimeout: SETTINGS.redisSilence,
  keepAlive: SETTINGS.heartbeat,
  maxRetriesPerRequest: null,
};
const SENDER: RedisOptions = { ...COMMON, commandTimeout: SETTINGS.send, retryStrategy: () => null };
const WORKER: RedisOptions = { ...COMMON, retryStrategy: (times) => Math.min(times * 100, SETTINGS.retry) };

export function redisTransport(url: string, report: Report): Transport {
  const address = parseRedisAddress(url);
  return {
    kind: 'redis',
    sender: backendOn(address, SENDER, report),
    worker: backendOn(address, WORKER, report),
    prepare: () => Promise.resolve(),
    unsafe: () => unsafe(address),
  };
}

function open(address: RedisAddress, tuning: RedisOptions): Link {
  const { retryStrategy = null, ...rest } = tuning;
  const options = { ...rest, ...address.options };
  const retry = (times: number): number | null => retryStrategy?.(times) ?? null;
  switch (address.kind) {
    case 'server':
      return new Redis({ ...options, retryStrategy: retry });
    case 'sentinel':
      return new Redis({
        ...options,
        sentinels: [...address.nodes],
        name: address.name,
        retryStrategy: retry,
        sentinelRetryStrategy: retry,
      });
    case 'cluster':
      return new Cluster([...address.nodes], { redisOptions: options, clusterRetryStrategy: retry });
  }
}

/** The link is ours, not BullMQ's, since only so can it be a cluster's; it goes when the backend goes. */
function backendOn(
  address: RedisAddress,
  tuning: RedisOptions,
  report: Report,
): BackendFactory<IQueueBackend, ConnectionOptions> {
  return (queue, options, roles) => {
    const link = open(address, tuning);
    link.on('error', (error: Error) => report({ queue, error }));
    const backend = steady(
      createRedisBackend(
        queue,
        { ...options, connection: link, skipVersionCheck: false, ...{ prefix: PREFIX } },
        roles,
      ),
    );
    const close = backend.close.bind(backend);
    backend.close = async (force) => {
      try {
        await close(force);
      } finally {
        link.disconnect();
      }
    };
    return backend;
  };
}

/** Any other eviction policy lets a full Redis drop jobs that it has acknowledged, without a word. */
async function unsafe(address: RedisAddress): Promise<string | undefined> {
  const link = open(address, SENDER);
  let cause: unknown;
  link.on('error', (error: Error) => {
    cause = error;
  });
  try {
    const memory = await within(SETTINGS.send, 'asking Redis for its eviction policy', link.info('memory'));
    const policy = /^maxmemory_policy:(\S+)/m.exec(memory)?.[1] ?? 'unknown';
    return policy === 'noeviction'
      ? undefined
      : `the eviction policy of Redis is \`${policy}\`: jobs are safe with \`noeviction\` only`;
  } catch (error) {
    throw new Error('Redis does not answer', { cause: cause ?? error });
  } finally {
    link.disconnect();
  }
}
