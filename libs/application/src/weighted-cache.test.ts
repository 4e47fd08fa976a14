import { expect, test } from 'vitest';
import { WeightedCache } from './weighted-cache.js';

test('what was used longest ago goes first, and the weight stays within bounds', () => {
  const cache = new WeightedCache<number>(10);
  cache.set('a', 1, 4);
  cache.set('b', 2, 4);
  cache.get('a');
  cache.set('c', 3, 4);
  expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([1, undefined, 3]);
  cache.set('a', 5, 2);
  cache.set('d', 4, 4);
  expect([cache.get('a'), cache.get('c'), cache.get('d')]).toEqual([5, 3, 4]);
  cache.set('whale', 9, 11);
  expect([cache.get('a'), cache.get('whale')]).toEqual([undefined, undefined]);
});
