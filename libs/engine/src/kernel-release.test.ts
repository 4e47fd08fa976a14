import { describe, expect, it } from 'vitest';
import { compareKernels, parseKernelRelease } from './kernel-release.js';

const LONG = 65_536;

describe('parseKernelRelease', () => {
  it.each([
    ['7.2.13+deb14-arm64', [7, 2]],
    ['6.12.107+deb13-arm64', [6, 12]],
    ['6.8.0-31-generic', [6, 8]],
    ['6.1.0-50-arm64', [6, 1]],
    ['7.3-rc7', [7, 3]],
    ['7.3~rc7-1~exp1', [7, 3]],
    ['5.14', [5, 14]],
    ['5.14.0-611.5.1.el9_7.aarch64', [5, 14]],
    ['6.6.119_custom', [6, 6]],
    ['6.14.0-1011-nvidia-64k', [6, 14]],
    ['6.17.0.', [6, 17]],
  ])('reads %s', (release, version) => {
    expect(parseKernelRelease(release)).toEqual(version);
  });

  it.each([
    undefined,
    '',
    ' ',
    '6',
    '6.',
    '.12',
    '6.x',
    'v6.12.0',
    ' 6.12.0',
    '6.12.0\n',
    '6 .12',
    '6..12',
    '-6.12',
    '6.12rc1',
    '6,12',
    '６.１２',
    '6.12é',
    '99999.1',
    '6.999999',
    '0x6.12',
    '1e3.1',
    'linux',
    '\u0000',
  ])('makes nothing of %j', (release) => {
    expect(parseKernelRelease(release)).toBeUndefined();
  });

  it.each([
    ['digits', '6'.repeat(LONG)],
    ['dots', '.'.repeat(LONG)],
    ['numbers and dots', '6.'.repeat(LONG / 2)],
    ['a long tail that ends badly', `6.12.${'1.'.repeat(LONG / 2)}\n`],
    ['separators of every kind', `6.12${'.-+~_'.repeat(LONG / 5)}\n`],
    ['a long minor number', `6.${'1'.repeat(LONG)}`],
  ])('is done at once with 64 KiB of %s', (_what, release) => {
    expect(() => parseKernelRelease(release)).not.toThrow();
  });

  it('reads a long tail that ends well', () => {
    expect(parseKernelRelease(`6.12.${'1.'.repeat(LONG / 2)}`)).toEqual([6, 12]);
  });
});

describe('compareKernels', () => {
  it('counts, and does not spell', () => {
    expect(compareKernels([6, 9], [6, 12])).toBeLessThan(0);
    expect(compareKernels([7, 0], [6, 99])).toBeGreaterThan(0);
    expect(compareKernels([10, 1], [9, 9])).toBeGreaterThan(0);
    expect(compareKernels([6, 17], [6, 17])).toBe(0);
  });
});
