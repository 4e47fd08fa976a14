import { describe, expect, it } from 'vitest';
import { failsWith, missingOf, said } from '../../../../test/support/ask.js';
import {
  aGuestMemfd,
  aGuestMemfdSlot,
  aHost,
  aManifest,
  aMapping,
  aMemfd,
  aQuestion,
  aSlot,
  type HostGiven,
  type VmGiven,
} from '../../../../test/support/builders.js';
import type { Mapping } from '../model/manifest.js';

const asks = (mappings: readonly Mapping[] | undefined, vm: VmGiven = {}, host: HostGiven = {}) =>
  aQuestion({ manifest: aManifest({ memslots: [aGuestMemfdSlot({ mappings })], ...vm }), target: aHost(host) });

const tagged = aGuestMemfd({ vmFlags: ['shared', 'mte-allowed'] });

describe('guest-memfd-mappable', () => {
  it('says no where other memory stands under the slot', () => {
    expect(failsWith(asks([aMemfd()]))).toBe('memslot GUEST_MEMFD_NOT_MAPPABLE EINVAL refused 0 -');
  });

  it('says yes where a mapping of a guest_memfd does, if only in part', () => {
    expect(said('guest-memfd-mappable', asks([aGuestMemfd()]))).toBe('pass');
    expect(said('guest-memfd-mappable', asks([aMapping({ size: 0x1000n }), aGuestMemfd({ offset: 0x1000n })]))).toBe(
      'pass',
    );
  });

  it.each([
    ['nothing under the slot', [], ['/manifest/memslots/0/mappings']],
    ['VMAs that are not listed', undefined, ['/manifest/memslots/0/mappings']],
    ['a backing that is not known', [aMapping({ backing: undefined })], ['/manifest/memslots/0/mappings/0/backing']],
  ])('does not know with %s', (_what, mappings, missing) => {
    expect(said('guest-memfd-mappable', asks(mappings))).toBe('unknown');
    expect(missingOf('guest-memfd-mappable', asks(mappings))).toEqual(missing);
  });

  it('has nothing to say of a slot without the flag', () => {
    const question = aQuestion({ manifest: aManifest({ memslots: [aSlot()] }) });
    expect(said('guest-memfd-mappable', question)).toBe('pass');
  });

  it('is not asked before 6.18', () => {
    expect(said('guest-memfd-mappable', asks([aMemfd()], {}, { generation: 'cacheable-pfnmap' }))).toBe('pass');
  });
});

describe('guest-memfd-without-mte', () => {
  it('says no to a VM with MTE, whatever the VMA can carry', () => {
    expect(failsWith(asks([tagged], { mte: true }))).toBe('memslot GUEST_MEMFD_WITH_MTE EINVAL refused 0 -');
  });

  it('says yes without MTE, and to other slots of a VM with it', () => {
    expect(said('guest-memfd-without-mte', asks([tagged]))).toBe('pass');
    expect(said('guest-memfd-without-mte', aQuestion({ manifest: aManifest({ mte: true }) }))).toBe('pass');
  });

  it('does not know without the fact', () => {
    const question = asks([tagged], { mte: undefined });
    expect(said('guest-memfd-without-mte', question)).toBe('unknown');
    expect(missingOf('guest-memfd-without-mte', question)).toEqual(['/manifest/vm/mte']);
  });

  it('is not asked before 6.18', () => {
    expect(said('guest-memfd-without-mte', asks([tagged], { mte: true }, { generation: 'normal-nc' }))).toBe('pass');
  });
});
