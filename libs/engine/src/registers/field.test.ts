import { describe, expect, it } from 'vitest';
import { type Field, field, isSafe, numberOf } from './field.js';

const lower = field('DIT', 48);
const higher = field('SpecSEI', 24, { safe: 'higher' });
const exact = field('TGRAN4_2', 40, { safe: 'exact', safeValue: 1 });
const signed = field('TGRAN4', 28, { signed: true });

describe('a value that the guest was told', () => {
  it.each([
    ['the smaller', lower, 1, 2, true],
    ['the smaller', lower, 2, 1, false],
    ['the larger', higher, 2, 1, true],
    ['the larger', higher, 1, 2, false],
    ['its own', exact, 1, 3, true],
    ['its own', exact, 3, 1, false],
  ] as const)('is safe where %s is: %o, guest %i, host %i', (_which, of: Field, guest, host, safe) => {
    expect(isSafe(of, { guest, host })).toBe(safe);
  });

  it.each([lower, higher, exact, signed])('is always safe where the host gives the same: $name', (of) => {
    for (const value of [0, 2, 15]) expect(isSafe(of, { guest: value, host: value })).toBe(true);
  });

  it('is compared as the number that it stands for', () => {
    expect(isSafe(signed, { guest: 15, host: 0 })).toBe(true);
    expect(isSafe(signed, { guest: 0, host: 15 })).toBe(false);
  });
});

describe('the number of a field', () => {
  it.each([
    [0, 0],
    [4, 4],
    [7, 7],
    [8, -8],
    [15, -1],
  ])('that is signed: %i is %i', (bits, number) => {
    expect(numberOf(signed, bits)).toBe(number);
  });

  it('that is not is its bits', () => {
    for (const bits of [0, 7, 8, 15]) expect(numberOf(lower, bits)).toBe(bits);
  });
});
