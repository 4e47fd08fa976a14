import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SWEEP_QUEUE, type SweepJob, sweepJob } from '@berth/application';
import { Redis } from 'ioredis';
import { describe, expect, onTestFinished, test } from 'vitest';
import { findRedis, redisProgram, startRedis } from '../../../test/support/redis-server.js';
import { queueContract } from './queue.contract.js';
import { openQueues, type Queues } from './queues.js';
import { redisTransport } from './redis-transport.js';
import { PREFIX } from './settings.js';

const NOT_USED = 'postgresql://127.0.0.1:1/not-used';
const found = await findRedis();
const program = redisProgram();

function sayAndPass(said: string): void {
  process.stderr.write(`${said}\n`);
  test(said, () => expect(true).toBe(true));
}

if (found === undefined) {
  sayAndPass(
    'NO REDIS HERE: no REDIS_URL, no server on the PATH, nothing on 6379; the queues were tested on Postgres only',
  );
} else {
  process.stderr.write(`the queues are tested on Redis: ${found.from}\n`);
  // Not the first database: the server may be somebody's.
  const url = new URL(found.url);
  url.pathname = '/9';
  queueContract(`Redis (${found.from})`, async () => ({
    databaseUrl: NOT_USED,
    redisUrl: url.href,
    transport: redisTransport(url.href, () => undefined),
    hasStalled: async (queue, job, times) => {
      const client = new Redis(url.href);
      await client.hset(`${PREFIX}:${queue}:${job}`, 'stc', times);
      client.disconnect();
    },
    stop: () => found.stop(),
  }));
}

/** A server of our own with these settings, and queues on it. */
async function own(
  settings: readonly string[],
  addressOf = (url: string) => url,
): Promise<{ queues: Queues; client: Redis }> {
  const server = await startRedis(program ?? '', ...settings);
  const client = new Redis(server.url);
  const queues = openQueues({ databaseUrl: NOT_USED, redisUrl: addressOf(server.url) });
  onTestFinished(async () => {
    await queues.close();
    client.disconnect();
    await server.stop();
  });
  return { queues, client };
}

if (program === undefined) {
  sayAndPass('NO REDIS SERVER ON THE PATH: eviction policies, clusters and spoilt data were not tested');
} else {
  describe('Redis alone', () => {
    test('is not ready when it may drop jobs, and its eviction policy is named', async () => {
      const { queues } = await own(['--maxmemory-policy', 'allkeys-lru']);
      const why = 'the eviction policy of Redis is `allkeys-lru`: jobs are safe with `noeviction` only';
      expect(await queues.ready()).toEqual({ kind: 'not-ready', why });
    });

    test('may be a cluster', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'berth-cluster-'));
      onTestFinished(() => rmSync(folder, { recursive: true }));
      const cluster = ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1', '--dir', folder];
      const { queues, client } = await own(cluster, (url) => url.replace('redis:', 'redis+cluster:'));
      await client.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
      await expect.poll(() => client.call('CLUSTER', 'INFO'), { timeout: 10_000 }).toContain('cluster_state:ok');
      expect(await queues.ready()).toEqual({ kind: 'ready' });
      const done: number[] = [];
      queues.consume(SWEEP_QUEUE, async (job) => void done.push(job.chunk), { concurrency: 2 });
      await queues.sender.send([0, 1, 2].map((chunk) => sweepJob('f1', randomUUID(), chunk)));
      await expect.poll(() => done.toSorted(), { timeout: 10_000 }).toEqual([0, 1, 2]);
    });

    test('may hold a job whose data are no JSON, which ends as other forged jobs do', async () => {
      const { queues, client } = await own([]);
      const sweep = randomUUID();
      await queues.sender.send([0, 1].map((chunk) => sweepJob('f1', sweep, chunk)));
      await client.hset(`${PREFIX}:${SWEEP_QUEUE}:${sweep}.0`, 'data', '{"v":1');
      const done: SweepJob[] = [];
      queues.consume(SWEEP_QUEUE, async (job) => void done.push(job), { concurrency: 1 });
      await expect.poll(() => done, { timeout: 10_000 }).toMatchObject([{ chunk: 1 }]);
      const empty = { waiting: 0, active: 0, delayed: 0 };
      await expect.poll(async () => (await queues.depths()).get(SWEEP_QUEUE), { timeout: 10_000 }).toMatchObject(empty);
    });
  });
}
