import { describe, expect, test } from 'vitest';
import { parseRedisAddress } from './redis-address.js';

describe('the address of Redis', () => {
  test('names one server, with what it needs to log in', () => {
    expect(parseRedisAddress('redis://cache')).toEqual({ kind: 'server', options: { host: 'cache', port: 6379 } });
    expect(parseRedisAddress('rediss://berth:p%40ss@cache.example:6380/2')).toEqual({
      kind: 'server',
      options: { tls: {}, username: 'berth', password: 'p@ss', host: 'cache.example', port: 6380, db: 2 },
    });
    expect(parseRedisAddress('valkey://:secret@[::1]:7000')).toEqual({
      kind: 'server',
      options: { password: 'secret', host: '::1', port: 7000 },
    });
  });

  test('names the Sentinels and their master, or some nodes of a cluster', () => {
    expect(parseRedisAddress('redis+sentinel://a,b:27000/berth')).toEqual({
      kind: 'sentinel',
      nodes: [
        { host: 'a', port: 26379 },
        { host: 'b', port: 27000 },
      ],
      name: 'berth',
      options: {},
    });
    expect(parseRedisAddress('redis+cluster://:secret@a,b,c:7002')).toMatchObject({
      kind: 'cluster',
      nodes: [{ host: 'a' }, { host: 'b' }, { host: 'c', port: 7002 }],
      options: { password: 'secret' },
    });
  });

  test.for(['http://a', 'redis://', 'redis://a:b:c', 'redis://a,b', 'redis://s3cret@:1', ''])(
    '%j cannot be read, and is not repeated',
    (url) => {
      expect(() => parseRedisAddress(url)).toThrow(
        /^(the address of Redis cannot be read|an address of one Redis server names one host)$/,
      );
    },
  );
});
