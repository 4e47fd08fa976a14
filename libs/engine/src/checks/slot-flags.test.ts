import { describe, expect, it } from 'vitest';
import { failsWith, said } from '../../../../test/support/ask.js';
import {
  ALL_GENERATIONS,
  aGuestMemfdSlot,
  aHost,
  aManifest,
  aQuestion,
  aSlot,
} from '../../../../test/support/builders.js';
import type { SlotFlag } from '../model/memory.js';
import type { GenerationId } from '../model/verdict.js';

const gmem = (generation: GenerationId, flags: readonly SlotFlag[] = ['guest-memfd']) =>
  aQuestion({ manifest: aManifest({ memslots: [aGuestMemfdSlot({ flags })] }), target: aHost({ generation }) });

const OLDER: readonly GenerationId[] = ['device-only', 'normal-nc', 'cacheable-pfnmap'];
const NEWER = ALL_GENERATIONS.filter((generation) => !OLDER.includes(generation));
const NO = 'memslot SLOT_FLAGS_UNSUPPORTED EINVAL refused 0 -';

describe('guest-memfd-flag', () => {
  it.each(OLDER)('says no on %s', (generation) => {
    expect(failsWith(gmem(generation))).toBe(NO);
    expect(said('guest-memfd-flag', gmem(generation))).toBe('reject');
  });

  it.each(NEWER)('is not asked on %s', (generation) => {
    expect(said('guest-memfd-flag', gmem(generation))).toBe('pass');
  });

  it('says yes to the other flags', () => {
    const memslots = [aSlot({ flags: ['log-dirty-pages', 'readonly'] })];
    const question = aQuestion({ manifest: aManifest({ memslots }), target: aHost({ generation: 'device-only' }) });
    expect(said('guest-memfd-flag', question)).toBe('pass');
  });
});

describe('guest-memfd-flag-alone', () => {
  it.each([
    [['guest-memfd', 'log-dirty-pages']],
    [['readonly', 'guest-memfd']],
    [['guest-memfd', 'log-dirty-pages', 'readonly']],
  ] as const)('says no to %j', (flags) => {
    for (const generation of NEWER) expect(failsWith(gmem(generation, flags))).toBe(NO);
  });

  it('says yes to guest-memfd alone, and to the others without it', () => {
    const plain = aQuestion({ manifest: aManifest({ memslots: [aSlot({ flags: ['log-dirty-pages', 'readonly'] })] }) });
    expect(said('guest-memfd-flag-alone', gmem('guest-memfd'))).toBe('pass');
    expect(said('guest-memfd-flag-alone', plain)).toBe('pass');
  });

  it('is not asked where the flag is not known at all', () => {
    expect(said('guest-memfd-flag-alone', gmem('normal-nc', ['guest-memfd', 'readonly']))).toBe('pass');
  });
});

it('takes a flag that is listed twice for one', () => {
  expect(said('guest-memfd-flag-alone', gmem('protected-guest', ['guest-memfd', 'guest-memfd']))).toBe('pass');
});
