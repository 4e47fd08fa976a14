import { expect, test } from 'vitest';
import { MOST_ATTEMPTS, RETRY_BASE_MILLISECONDS, retryAfter } from './retry-schedule.js';

const waits = (chance: number): number[] => {
  const all: number[] = [];
  for (let attempt = 1; ; attempt += 1) {
    const wait = retryAfter(attempt, RETRY_BASE_MILLISECONDS, chance);
    if (wait === undefined) return all;
    all.push(wait / 1000);
  }
};

test('the waits are those of Standard Webhooks’ example, over three days', () => {
  const [minute, hour] = [60, 3_600];
  expect(waits(0)).toEqual([
    5,
    5 * minute,
    30 * minute,
    2 * hour,
    5 * hour,
    10 * hour,
    14 * hour,
    20 * hour,
    24 * hour,
  ]);
  expect(waits(0)).toHaveLength(MOST_ATTEMPTS - 1);
});

test('chance makes each wait longer, by a fifth at most', () => {
  const [least, most] = [waits(0), waits(0.999)];
  least.forEach((wait, at) => {
    expect(most[at]).toBeGreaterThan(wait);
    expect(most[at]).toBeLessThanOrEqual(wait * 1.2);
  });
});
