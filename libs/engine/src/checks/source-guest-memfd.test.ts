import { describe, expect, it } from 'vitest';
import { failsWith, missingOf, said } from '../../../../test/support/ask.js';
import { aGuestMemfdSlot, aManifest, aQuestion, aSlot } from '../../../../test/support/builders.js';
import type { Memslot } from '../model/manifest.js';

const ID = 'source-guest-memfd';
const asks = (...memslots: readonly Memslot[]) => aQuestion({ phases: ['source'], manifest: aManifest({ memslots }) });

describe(ID, () => {
  it('says no to a guest_memfd slot, and names it', () => {
    const no = 'source GUEST_MEMFD_NO_DIRTY_LOG EINVAL refused 3 -';
    expect(failsWith(asks(aSlot(), aGuestMemfdSlot({ slot: 3, gpa: 0n })))).toBe(no);
  });

  it('says yes to any other', () => {
    expect(said(ID, asks(aSlot(), aSlot({ slot: 1, flags: ['readonly'] })))).toBe('pass');
  });

  it('does not know without the flags', () => {
    expect(missingOf(ID, asks(aSlot(), aSlot({ flags: undefined })))).toEqual(['/manifest/memslots/1/flags']);
  });

  it('leaves the registration on the target alone', () => {
    const question = { ...asks(aGuestMemfdSlot()), phases: ['source', 'memslot'] } as const;
    expect(said(ID, question)).toBe('reject');
    expect(failsWith({ ...question, phases: ['memslot'] })).toBe('nothing fails');
  });
});
