import { describe, expect, it } from 'vitest';
import { failsWith, findingsOf, missingOf, said } from '../../../../test/support/ask.js';
import {
  aHost,
  aManifest,
  aMapping,
  aQuestion,
  aSlot,
  GIB,
  type HostGiven,
} from '../../../../test/support/builders.js';
import type { Memslot } from '../model/manifest.js';

const over = (memslots: readonly Memslot[], host: HostGiven = {}) =>
  aQuestion({ manifest: aManifest({ ipaBits: 48, memslots }), target: aHost(host) });

const slot = (given: Partial<Memslot>, host: HostGiven = {}) => over([aSlot(given)], host);

const NO = 'EINVAL refused';

describe('slot-id', () => {
  it.each([32767, 32768, 65535, 65536 + 32767])('says no to slot %i', (id) => {
    expect(failsWith(slot({ slot: id }))).toBe(`memslot SLOT_ID_TOO_LARGE ${NO} ${id} -`);
  });

  it.each([0, 1, 32766, 65536])('says yes to the low bits of %i', (id) => {
    expect(said('slot-id', slot({ slot: id }))).toBe('pass');
  });
});

describe('slot-address-space', () => {
  it.each([65536, 65537, 2 ** 32 - 65536])('says no to slot %i', (id) => {
    expect(failsWith(slot({ slot: id }))).toBe(`memslot SLOT_ADDRESS_SPACE ${NO} ${id} -`);
  });

  it('says yes to ids of 16 bits', () => {
    expect(said('slot-address-space', slot({ slot: 32766 }))).toBe('pass');
  });
});

describe.each([
  ['slot-size-aligned', 'size', 'SLOT_SIZE_MISALIGNED'],
  ['slot-gpa-aligned', 'gpa', 'SLOT_GPA_MISALIGNED'],
] as const)('%s', (check, field, reason) => {
  it.each([
    [0x1001n, 4096],
    [0x1000n, 16384],
    [0x4000n, 65536],
    [0x18000n, 65536],
  ])('says no to %i on pages of %i', (value, pageSize) => {
    expect(failsWith(slot({ [field]: value }, { pageSize }))).toBe(`memslot ${reason} ${NO} 0 -`);
  });

  it.each([
    [0x1000n, 4096],
    [0x4000n, 16384],
    [0x10000n, 65536],
  ])('says yes to %i on pages of %i', (value, pageSize) => {
    expect(said(check, slot({ [field]: value }, { pageSize }))).toBe('pass');
  });

  it('shows the value and the page size, where it is known', () => {
    const shown = (host: HostGiven) => findingsOf(check, slot({ [field]: 0x1000n }, host)).map(({ actual }) => actual);
    expect(shown({ pageSize: 16384 })).toEqual([{ [field]: '0x1000', pageSize: 16384 }]);
    expect(shown({ pageSize: undefined })).toEqual([{ [field]: '0x1000', pageSize: null }]);
  });

  it('needs no page size where every page size answers alike', () => {
    expect(said(check, slot({ [field]: 0x20000n }, { pageSize: undefined }))).toBe('pass');
    expect(said(check, slot({ [field]: 0x800n }, { pageSize: undefined }))).toBe('reject');
  });

  it('does not know where they do not', () => {
    const question = slot({ [field]: 0x1000n }, { pageSize: undefined });
    expect(said(check, question)).toBe('unknown');
    expect(missingOf(check, question)).toEqual(['/fingerprint/kernel/pageSize']);
  });
});

describe('slot-wraps', () => {
  it.each([
    [2n ** 64n - GIB, GIB],
    [2n ** 64n - 0x1000n, 0x2000n],
  ])('says no to a slot at %i of %i bytes', (gpa, size) => {
    expect(failsWith(slot({ gpa, size }))).toBe(`memslot SLOT_WRAPS ${NO} 0 -`);
  });

  it('says yes to the last page before the end', () => {
    expect(said('slot-wraps', slot({ gpa: 2n ** 64n - 0x2000n, size: 0x1000n }))).toBe('pass');
  });
});

describe('slot-pages', () => {
  const MOST = 2n ** 31n - 1n;

  it.each([4096, 16384, 65536])('says no to 2^31 pages of %i bytes, and yes to one page less', (pageSize) => {
    const page = BigInt(pageSize);
    expect(failsWith(slot({ gpa: 0n, size: (MOST + 1n) * page }, { pageSize }))).toBe(
      `memslot SLOT_TOO_LARGE ${NO} 0 -`,
    );
    expect(said('slot-pages', slot({ gpa: 0n, size: MOST * page }, { pageSize }))).toBe('pass');
  });

  it('does not know where the page size decides and is not known', () => {
    const question = slot({ gpa: 0n, size: 2n ** 43n }, { pageSize: undefined });
    expect(said('slot-pages', question)).toBe('unknown');
    expect(missingOf('slot-pages', question)).toEqual(['/fingerprint/kernel/pageSize']);
    expect(said('slot-pages', slot({ gpa: 0n, size: 2n ** 42n }, { pageSize: undefined }))).toBe('pass');
    expect(said('slot-pages', slot({ gpa: 0n, size: 2n ** 47n }, { pageSize: undefined }))).toBe('reject');
  });
});

describe('slot-not-empty', () => {
  it('says no to a size of 0', () => {
    expect(failsWith(slot({ size: 0n, mappings: [] }))).toBe(`memslot SLOT_EMPTY ${NO} 0 -`);
  });

  it('says yes to a page', () => {
    expect(said('slot-not-empty', slot({ size: 0x1000n, mappings: [aMapping({ size: 0x1000n })] }))).toBe('pass');
  });
});

describe('slot-not-reused', () => {
  it('says no to the second slot of an id, before it asks for an overlap', () => {
    const question = over([aSlot({ slot: 4 }), aSlot({ slot: 4 })]);
    expect(failsWith(question)).toBe(`memslot SLOT_REUSED ${NO} 4 -`);
    expect(findingsOf('slot-not-reused', question)).toHaveLength(1);
  });

  it('says yes to other ids', () => {
    expect(said('slot-not-reused', over([aSlot({ slot: 4 }), aSlot({ slot: 5, gpa: 4n * GIB })]))).toBe('pass');
  });
});

describe('slot-overlap', () => {
  const two = (gpa: bigint, size: bigint) => over([aSlot({ gpa: 4n * GIB }), aSlot({ slot: 1, gpa, size })]);

  it.each([
    ['the same range', 4n * GIB, GIB],
    ['its last page', 5n * GIB - 0x1000n, GIB],
    ['its first page', 3n * GIB + 0x1000n, GIB],
    ['a page within', 4n * GIB + 0x1000n, 0x1000n],
    ['all of it and more', 3n * GIB, 4n * GIB],
  ])('says no to %s', (_what, gpa, size) => {
    expect(failsWith(two(gpa, size))).toBe('memslot SLOT_OVERLAP EEXIST refused 1 -');
  });

  it.each([
    ['just below', 3n * GIB, GIB],
    ['just above', 5n * GIB, GIB],
    ['far above', 64n * GIB, GIB],
  ])('says yes to a slot %s', (_what, gpa, size) => {
    expect(said('slot-overlap', two(gpa, size))).toBe('pass');
  });

  it('objects to the slot that comes later in the manifest, whatever its id', () => {
    const question = over([aSlot({ slot: 9 }), aSlot({ slot: 2 })]);
    expect(findingsOf('slot-overlap', question).map(({ slot: id, actual }) => [id, actual['other']])).toEqual([[2, 9]]);
  });

  it('leaves out of the way what itself was not registered', () => {
    const question = over([
      aSlot({ slot: 0, gpa: GIB, size: 2n * GIB }),
      aSlot({ slot: 1, gpa: 2n * GIB, size: 2n * GIB }),
      aSlot({ slot: 2, gpa: 3n * GIB, size: GIB }),
    ]);
    expect(findingsOf('slot-overlap', question).map(({ slot: id }) => id)).toEqual([1]);
  });

  it('finds each of many', () => {
    const memslots = Array.from({ length: 200 }, (_, at) =>
      aSlot({ slot: at, gpa: BigInt((at * 37) % 100) * GIB, size: GIB }),
    );
    expect(findingsOf('slot-overlap', over(memslots))).toHaveLength(100);
  });
});
