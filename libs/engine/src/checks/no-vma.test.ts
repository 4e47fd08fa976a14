import { describe, expect, it } from 'vitest';
import { failsWith, findingsOf, missingOf, said } from '../../../../test/support/ask.js';
import {
  aGuestMemfdSlot,
  aManifest,
  aMapping,
  aQuestion,
  aSlot,
  vmOver,
  vmThatRemapsTo,
} from '../../../../test/support/builders.js';
import { decide } from '../decide.js';

const PAGE = 0x1000n;
const page = (at: bigint) => aMapping({ offset: at * PAGE, size: PAGE });

describe('no-vma', () => {
  it('says no to a slot with nothing under it, which registers all the same', () => {
    const question = aQuestion({ manifest: vmOver() });
    expect(failsWith(question)).toBe('fault NO_VMA EFAULT late 0 -');
    expect(decide(question).memslots).toMatchObject([
      { slot: 0, mapping: null, registration: 'ok', fault: 'refused', faultErrno: 'EFAULT', stage2: null },
    ]);
  });

  it('says no where the VMM unmaps the memory later', () => {
    expect(failsWith(aQuestion({ manifest: vmThatRemapsTo([]) }))).toBe('fault NO_VMA EFAULT late 0 -');
  });

  it('says yes where the VMM maps the memory later', () => {
    const memslots = [aSlot({ mappings: [], mappingsAtFault: [aMapping()] })];
    expect(decide(aQuestion({ manifest: aManifest({ memslots }) })).outcome).toBe('compatible');
  });

  it('says nothing of a guest_memfd, nor of what is not listed', () => {
    const gmem = aManifest({ memslots: [aGuestMemfdSlot({ mappingsAtFault: [] })] });
    const unlisted = aManifest({ memslots: [aSlot({ mappings: undefined })] });
    expect(said('no-vma', aQuestion({ manifest: gmem }))).toBe('pass');
    expect(said('no-vma', aQuestion({ manifest: unlisted }))).toBe('pass');
  });

  it('does not know where the slot may be a guest_memfd', () => {
    const question = aQuestion({ manifest: aManifest({ memslots: [aSlot({ flags: undefined, mappings: [] })] }) });
    expect(said('no-vma', question)).toBe('unknown');
    expect(missingOf('no-vma', question)).toEqual(['/manifest/memslots/0/flags']);
  });
});

describe('hole-in-slot', () => {
  const holes = (question: ReturnType<typeof aQuestion>) =>
    findingsOf('hole-in-slot', question).flatMap(({ actual }) => actual['holes']);

  const over = (...pages: readonly bigint[]) =>
    aQuestion({
      manifest: aManifest({ memslots: [aSlot({ gpa: 0x10000n, size: 5n * PAGE, mappings: pages.map(page) })] }),
    });

  it.each([
    [[0n, 1n, 2n, 3n], ['0x14000-0x14fff']],
    [[1n, 2n, 3n, 4n], ['0x10000-0x10fff']],
    [[0n, 1n, 3n, 4n], ['0x12000-0x12fff']],
    [
      [1n, 3n],
      ['0x10000-0x10fff', '0x12000-0x12fff', '0x14000-0x14fff'],
    ],
  ])('warns of the holes around pages %s', (pages, expected) => {
    expect(holes(over(...pages))).toEqual(expected);
  });

  it('changes no outcome: the guest may never go there', () => {
    const question = over(0n, 2n);
    expect(said('hole-in-slot', question)).toBe('warn');
    expect(decide(question)).toMatchObject({ outcome: 'compatible', wouldFail: null });
    expect(findingsOf('hole-in-slot', question)).toMatchObject([
      { reason: 'HOLE_IN_SLOT', errno: 'EFAULT', failure: 'late' },
    ]);
  });

  it('says nothing of a slot that is full, nor of one that is empty', () => {
    expect(said('hole-in-slot', over(0n, 1n, 2n, 3n, 4n))).toBe('pass');
    expect(said('hole-in-slot', over())).toBe('pass');
  });

  it('looks at what stands there when the guest runs', () => {
    expect(said('hole-in-slot', aQuestion({ manifest: vmThatRemapsTo([page(0n)]) }))).toBe('warn');
  });

  it('says nothing of a guest_memfd', () => {
    const memslots = [aGuestMemfdSlot({ mappings: [aMapping({ backing: 'guest-memfd', size: PAGE })] })];
    expect(said('hole-in-slot', aQuestion({ manifest: aManifest({ memslots }) }))).toBe('pass');
  });
});
