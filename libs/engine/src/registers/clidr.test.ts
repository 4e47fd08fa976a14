import { describe, expect, it } from 'vitest';
import { clidrHasRes0Bits, clidrImpliesIdc } from './clidr.js';

const levels = (loc: bigint, louis: bigint, louu: bigint) => (louu << 27n) | (loc << 24n) | (louis << 21n);

describe('CLIDR_EL1', () => {
  it('tells of IDC where no level is to be cleaned to the point of coherency', () => {
    expect(clidrImpliesIdc(levels(0n, 1n, 1n))).toBe(true);
    for (const loc of [1n, 2n, 4n]) expect(clidrImpliesIdc(levels(loc, 1n, 1n))).toBe(false);
  });

  it('tells of IDC where none is to be cleaned to either point of unification', () => {
    expect(clidrImpliesIdc(levels(1n, 0n, 0n))).toBe(true);
    for (const level of [1n, 2n, 4n]) {
      expect(clidrImpliesIdc(levels(1n, level, 0n))).toBe(false);
      expect(clidrImpliesIdc(levels(1n, 0n, level))).toBe(false);
    }
  });

  it('tells it by no other bits', () => {
    const others = ~levels(7n, 7n, 7n) & (2n ** 47n - 1n);
    expect(clidrImpliesIdc(others)).toBe(true);
    expect(clidrImpliesIdc(others | levels(1n, 0n, 0n))).toBe(true);
    expect(clidrImpliesIdc(others | levels(1n, 1n, 1n))).toBe(false);
  });

  it('has reserved bits from 47 on', () => {
    expect([clidrHasRes0Bits(2n ** 47n - 1n), clidrHasRes0Bits(1n << 47n), clidrHasRes0Bits(1n << 63n)]).toEqual([
      false,
      true,
      true,
    ]);
  });
});
