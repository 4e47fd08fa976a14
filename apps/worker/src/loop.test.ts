import { expect, test } from 'vitest';
import { Loop } from './loop.js';

test('a round that fails is told once, not again while it goes on, and is no end', async () => {
  const told: string[] = [];
  const rounds = ['a', 'a', undefined, 'a', 'b', 'b', undefined];
  let done = 0;
  const work = async (): Promise<void> => {
    const fault = rounds[done++];
    if (fault !== undefined) throw new Error(fault);
  };
  const loop = new Loop({ every: 1, afterError: 1, work, onError: (error) => told.push(String(error)) });
  await expect.poll(() => done).toBeGreaterThan(rounds.length);
  await loop.stop();
  expect(told).toEqual(['Error: a', 'Error: a', 'Error: b']);
  const ended = done;
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(done).toBe(ended);
});

test('stopping waits for the round that runs', async () => {
  let began = false;
  let finished = false;
  const work = async (): Promise<void> => {
    began = true;
    await new Promise((resolve) => setTimeout(resolve, 50));
    finished = true;
  };
  const loop = new Loop({ every: 1, afterError: 1, work, onError: () => undefined });
  await expect.poll(() => began).toBe(true);
  await loop.stop();
  expect(finished).toBe(true);
});
