// A worker process to be killed: takes jobs, tells its parent, and never finishes one.
import { openQueues } from '@berth/queue';

const { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl } = process.env;
const queues = openQueues({ databaseUrl, redisUrl: redisUrl || undefined });
const never = () => new Promise(() => undefined);
queues.consume(
  process.env.QUEUE ?? 'berth.sweep',
  async (job) => {
    process.send?.(job);
    await never();
  },
  { concurrency: 1 },
);
