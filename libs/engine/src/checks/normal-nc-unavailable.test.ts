import { describe, expect, it } from 'vitest';
import { findingsOf, said, saidAlone } from '../../../../test/support/ask.js';
import {
  ALL_GENERATIONS,
  aBar,
  aHost,
  aMapping,
  aQuestion,
  gpuMemory,
  vmOver,
} from '../../../../test/support/builders.js';
import { decide } from '../decide.js';
import type { Mapping } from '../model/manifest.js';

const ask = (mapping: Mapping, generation = ALL_GENERATIONS[0]) =>
  aQuestion({ manifest: vmOver(mapping), target: aHost(generation === undefined ? {} : { generation }) });

describe('normal-nc-unavailable', () => {
  it('warns before 6.9, and a warning is no answer', () => {
    const question = ask(aBar());
    expect(findingsOf('normal-nc-unavailable', question)).toMatchObject([
      {
        severity: 'warn',
        reason: 'NORMAL_NC_UNAVAILABLE',
        failure: 'silent',
        errno: null,
        phase: 'fault',
        missing: [],
      },
    ]);
    expect(decide(question)).toMatchObject({ outcome: 'compatible', wouldFail: null });
  });

  it.each([
    ['RAM', aMapping()],
    ['memory that no kernel makes Normal-NC', aBar({ vmFlags: ['pfnmap', 'io', 'shared'] })],
    ['cacheable memory, which is worse off', gpuMemory()],
    ['a fetch', aBar({ access: ['execute'] })],
    ['what is not known', aBar({ vmFlags: undefined })],
  ])('says nothing of %s', (_what, mapping) => {
    expect(said('normal-nc-unavailable', ask(mapping))).toBe('pass');
    expect(saidAlone('normal-nc-unavailable', ask(mapping))).toBe('pass');
  });

  it.each(ALL_GENERATIONS.slice(1))('is not asked on %s', (generation) => {
    expect(said('normal-nc-unavailable', ask(aBar(), generation))).toBe('pass');
  });
});
