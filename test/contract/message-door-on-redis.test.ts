import { afterAll, expect, test } from 'vitest';
import { findRedis } from '../support/redis-server.js';
import { messageDoor } from './message-door.contract.js';

const redis = await findRedis();

if (redis === undefined) {
  const said = 'NO REDIS HERE: the message door was tested with its queue on Postgres only';
  process.stderr.write(`${said}\n`);
  test(said, () => expect(redis).toBeUndefined());
} else {
  process.stderr.write(`the message door is tested with Redis: ${redis.from}\n`);
  // Not the first database: the server may be somebody's.
  const url = new URL(redis.url);
  url.pathname = '/8';
  messageDoor('Redis', url.href);
  afterAll(() => redis.stop());
}
