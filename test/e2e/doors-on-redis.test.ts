import { afterAll, expect, test } from 'vitest';
import { findRedis } from '../support/redis-server.js';
import { doorsSurvive } from './doors.contract.js';

const redis = await findRedis();

if (redis === undefined) {
  const said = 'NO REDIS HERE: messages and drift were tested with their queues on Postgres only';
  process.stderr.write(`${said}\n`);
  test(said, () => expect(redis).toBeUndefined());
} else {
  process.stderr.write(`messages and drift are tested with Redis: ${redis.from}\n`);
  doorsSurvive('Redis', redis.url);
  afterAll(() => redis.stop());
}
