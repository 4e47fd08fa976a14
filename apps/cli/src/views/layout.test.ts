import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Style } from '../style.js';
import { longSize, range, shortSize } from './quantities.js';
import { tableLines } from './table.js';
import { hanging, wrap, wrapParts } from './wrap.js';

const same = (text: string): string => text;
const style = (laidOut: boolean, width: number): Style => ({
  laidOut,
  width,
  outcome: same,
  strong: same,
  faint: same,
});
const word = fc.stringMatching(/^[a-z0-9_/]{1,12}$/);

describe('wrapping', () => {
  it('loses no word and keeps to the width', () => {
    fc.assert(
      fc.property(fc.array(word), fc.integer({ min: 12, max: 80 }), (words, width) => {
        const lines = wrap(words.join(' '), width);
        expect(lines.join(' ')).toBe(words.join(' '));
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
      }),
    );
  });

  it('leaves a word that is too wide whole: it may be what somebody copies', () => {
    expect(wrap('see KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED now', 20)).toEqual([
      'see',
      'KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED',
      'now',
    ]);
  });

  it('breaks between parts, never inside one', () => {
    expect(wrapParts(['policy strict', 'rulebook 2026.2'], 20)).toEqual(['policy strict,', 'rulebook 2026.2']);
  });

  it('hangs the text beside its key', () => {
    expect(hanging('do', 'one two three', 2, 5, 15)).toEqual(['  do   one two', '       three']);
  });
});

describe('tables', () => {
  const columns = [{ head: 'NAME' }, { head: 'TEXT', gives: true }, { head: 'END' }];

  it('are tabs for a pipe, with nothing cut', () => {
    expect(tableLines(style(false, 20), columns, [['a', 'a very long text that would not fit', 'z']])).toEqual([
      'a\ta very long text that would not fit\tz',
    ]);
  });

  it('fold the column that gives way, at spaces, and keep to the width', () => {
    const lines = tableLines(style(true, 24), columns, [['a', 'words that need to be folded', 'z']]);
    expect(lines[0]).toMatch(/^NAME +TEXT +END$/);
    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(24);
    expect(lines.join(' ').replace(/\s+/g, ' ')).toContain('words that');
  });
});

describe('quantities', () => {
  it('are those of a memory map', () => {
    expect([shortSize(0x17c0000000n), shortSize(0xb90000n), shortSize(0x1000n), shortSize(512n)]).toEqual([
      '95G',
      '11.5M',
      '4K',
      '512B',
    ]);
    expect([longSize(0x17c0000000n), longSize(0n)]).toEqual(['95 GiB', '0 bytes']);
    expect(range(0x8000000000n, 0x17c0000000n)).toBe('0x8000000000-0x97bfffffff');
    expect(range(0x1000n, 0n)).toBe('0x1000');
  });
});
