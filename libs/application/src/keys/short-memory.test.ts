import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ShortMemory } from './short-memory.js';

test('what was found is not asked again, what was not found is', async () => {
  const memory = new ShortMemory<string>(60_000, 10);
  let asked = 0;
  const find = (answer: string | undefined) => async () => {
    asked += 1;
    return answer;
  };
  expect(await memory.recall('a', find('one'))).toBe('one');
  expect(await memory.recall('a', find('two'))).toBe('one');
  expect(await memory.recall('b', find(undefined))).toBeUndefined();
  expect(await memory.recall('b', find('three'))).toBe('three');
  expect(asked).toBe(3);
});

test('what is forgotten while it is being asked for is not remembered', async () => {
  const memory = new ShortMemory<string>(60_000, 10);
  const asking = memory.recall('a', async () => {
    await sleep(5);
    return 'before';
  });
  memory.forget('a');
  expect(await asking).toBe('before');
  expect(await memory.recall('a', async () => 'after')).toBe('after');
});

test('it holds for its time and no longer', async () => {
  const memory = new ShortMemory<string>(0, 10);
  await memory.recall('a', async () => 'one');
  expect(await memory.recall('a', async () => 'two')).toBe('two');
});
