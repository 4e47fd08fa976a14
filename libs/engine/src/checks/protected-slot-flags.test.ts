import { describe, expect, it } from 'vitest';
import { failsWith, missingOf, said } from '../../../../test/support/ask.js';
import {
  aGuestMemfdSlot,
  aHost,
  aManifest,
  aQuestion,
  aSlot,
  type HostGiven,
} from '../../../../test/support/builders.js';
import type { VmType } from '../model/manifest.js';
import type { SlotFlag } from '../model/memory.js';

const asks = (type: VmType | undefined, flags: readonly SlotFlag[] | undefined, host: HostGiven = {}) =>
  aQuestion({
    manifest: aManifest({ type, memslots: [aSlot({ flags })] }),
    target: aHost({ mode: 'protected', mte: false, ...host }),
  });

describe('protected-slot-flags', () => {
  it.each([[['log-dirty-pages']], [['readonly']], [['log-dirty-pages', 'readonly']]] as const)(
    'says no to %j',
    (flags) => {
      expect(failsWith(asks('protected', flags))).toBe('memslot PROTECTED_SLOT_FLAGS EPERM refused 0 -');
    },
  );

  it('says yes without flags, to a guest_memfd, and to any flags of a normal VM', () => {
    const manifest = aManifest({ type: 'protected', memslots: [aGuestMemfdSlot()] });
    expect(said('protected-slot-flags', asks('protected', []))).toBe('pass');
    expect(said('protected-slot-flags', { ...asks('protected', []), manifest })).toBe('pass');
    expect(said('protected-slot-flags', asks('normal', ['log-dirty-pages']))).toBe('pass');
  });

  it('does not know without the type, and only where there are flags', () => {
    expect(said('protected-slot-flags', asks(undefined, ['readonly']))).toBe('unknown');
    expect(missingOf('protected-slot-flags', asks(undefined, ['readonly']))).toEqual(['/manifest/vm/type']);
    expect(said('protected-slot-flags', asks(undefined, []))).toBe('pass');
  });

  it('is not asked before 7.1', () => {
    expect(said('protected-slot-flags', asks('protected', ['readonly'], { generation: 'guest-memfd' }))).toBe('pass');
  });
});
