import { describe, expect, it } from 'vitest';
import { before, EVERY_GENERATION, GENERATIONS, generationOfKernel, NEWEST_READ, since } from './generations.js';
import { compareKernels, type KernelVersion } from './kernel-release.js';
import { GENERATION_IDS } from './model/verdict.js';

describe('generations', () => {
  it.each<[KernelVersion, string | undefined, KernelVersion, string]>([
    [[5, 13], undefined, [5, 14], 'device-only'],
    [[6, 8], 'device-only', [6, 9], 'normal-nc'],
    [[6, 16], 'normal-nc', [6, 17], 'cacheable-pfnmap'],
    [[6, 17], 'cacheable-pfnmap', [6, 18], 'guest-memfd'],
    [[7, 0], 'guest-memfd', [7, 1], 'protected-guest'],
  ])('change between %s (%s) and %s (%s)', (last, old, first, young) => {
    expect(generationOfKernel(last)).toBe(old);
    expect(generationOfKernel(first)).toBe(young);
  });

  it.each<[KernelVersion, string | undefined]>([
    [[0, 0], undefined],
    [[4, 20], undefined],
    [[5, 19], 'device-only'],
    [[6, 0], 'device-only'],
    [[6, 19], 'guest-memfd'],
    [[7, 3], 'protected-guest'],
    [[12, 0], 'protected-guest'],
  ])('take %s for %s', (version, generation) => {
    expect(generationOfKernel(version)).toBe(generation);
  });

  it('stand in order, and are those of the contract', () => {
    expect(GENERATIONS.map(({ id }) => id)).toEqual(GENERATION_IDS);
    expect(EVERY_GENERATION).toEqual(GENERATION_IDS);
    for (const [at, { since: first }] of GENERATIONS.slice(1).entries())
      expect(compareKernels(first, GENERATIONS[at]?.since ?? first)).toBeGreaterThan(0);
    expect(compareKernels(NEWEST_READ, GENERATIONS.at(-1)?.since ?? NEWEST_READ)).toBeGreaterThanOrEqual(0);
  });

  it('were read up to 7.3, of which semantics 1.1 tells', () => {
    expect(NEWEST_READ).toEqual([7, 3]);
  });

  it('are cut in two by since and before', () => {
    for (const id of GENERATION_IDS) expect([...before(id), ...since(id)]).toEqual(GENERATION_IDS);
    expect(before('device-only')).toEqual([]);
    expect(since('protected-guest')).toEqual(['protected-guest']);
  });
});
