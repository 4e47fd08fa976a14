import { afterAll, expect, test } from 'vitest';
import { findRedis } from '../support/redis-server.js';
import { sweepSurvival } from './sweep.contract.js';

const redis = await findRedis();

if (redis === undefined) {
  const said = 'NO REDIS HERE: sweeps were tested with their queue on Postgres only';
  process.stderr.write(`${said}\n`);
  test(said, () => expect(redis).toBeUndefined());
} else {
  process.stderr.write(`sweeps are tested with Redis: ${redis.from}\n`);
  sweepSurvival('Redis', redis.url);
  afterAll(() => redis.stop());
}
