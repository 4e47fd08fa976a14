import { expect, test } from 'vitest';
import { readinessOf } from './readiness.js';

test('a queue that is down is named and keeps nobody from being served', () => {
  const parts = [
    { part: 'database', ok: true },
    { part: 'queue', ok: false, detail: 'connect ECONNREFUSED 10.0.0.7:6379' },
  ] as const;
  expect(readinessOf(parts)).toEqual({
    status: 'ready',
    checks: { database: 'ok', queue: 'failing' },
    details: { queue: 'connect ECONNREFUSED (address)' },
  });
});

test('an eviction policy that loses jobs is named', () => {
  const detail = 'the eviction policy of Redis is `allkeys-lru`: jobs are safe with `noeviction` only';
  expect(readinessOf([{ part: 'queue', ok: false, detail }]).details).toEqual({ queue: detail });
});

test('without its database the API is not ready', () => {
  expect(readinessOf([{ part: 'database', ok: false }]).status).toBe('not-ready');
  expect(readinessOf([{ part: 'database', ok: true }])).toEqual({ status: 'ready', checks: { database: 'ok' } });
});
