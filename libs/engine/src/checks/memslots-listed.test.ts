import { describe, expect, it } from 'vitest';
import { missingOf, said } from '../../../../test/support/ask.js';
import { aManifest, aMapping, aQuestion, aSlot } from '../../../../test/support/builders.js';
import { decide } from '../decide.js';
import type { Memslot } from '../model/manifest.js';

const over = (memslots: readonly Memslot[] | undefined) => aQuestion({ manifest: aManifest({ memslots }) });

describe('memslots-listed', () => {
  it('does not know a manifest without memslots', () => {
    expect(said('memslots-listed', over(undefined))).toBe('unknown');
    expect(missingOf('memslots-listed', over(undefined))).toEqual(['/manifest/memslots']);
    expect(decide(over(undefined))).toMatchObject({ outcome: 'indeterminate', memslots: [] });
  });

  it('says yes to one that says there are none', () => {
    expect(said('memslots-listed', over([]))).toBe('pass');
    expect(decide(over([])).outcome).toBe('compatible');
  });
});

describe('slot-listed', () => {
  it('does not know a slot without flags or VMAs, and names the slot as it stands in the manifest', () => {
    const question = over([aSlot({ slot: 7, flags: undefined }), aSlot({ slot: 3, gpa: 0n, mappings: undefined })]);
    expect(said('slot-listed', question)).toBe('unknown');
    expect(missingOf('slot-listed', question)).toEqual(['/manifest/memslots/0/flags', '/manifest/memslots/1/mappings']);
  });

  it('wants the VMAs of registration, though those at fault are known', () => {
    const question = over([aSlot({ mappings: undefined, mappingsAtFault: [aMapping()] })]);
    expect(missingOf('slot-listed', question)).toEqual(['/manifest/memslots/0/mappings']);
  });

  it('says yes to a slot with no flags and nothing mapped', () => {
    expect(said('slot-listed', over([aSlot({ flags: [], mappings: [] })]))).toBe('pass');
  });
});
