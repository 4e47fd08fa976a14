import { describe, expect, it } from 'vitest';
import {
  ALL_GENERATIONS,
  aHost,
  aHostOfUnknownKernel,
  type HostGiven,
  KERNELS,
  onBoth,
} from '../../../test/support/builders.js';
import { generationsOf } from './generation-of.js';
import { before, since } from './generations.js';

const told = (given: HostGiven) => generationsOf(aHost(given)).candidates;

/** Nothing is known but what is given. */
const toldBy = (given: HostGiven) =>
  generationsOf(aHostOfUnknownKernel({ fwb: undefined, dic: undefined, ...given })).candidates;

describe('capability 243', () => {
  it('proves 6.17 or later by EINVAL on the system fd', () => {
    expect(toldBy({ cap243: { system: 'EINVAL' } })).toEqual(since('cacheable-pfnmap'));
    expect(toldBy({ cap243: { system: 'EINVAL', vm: 0 } })).toEqual(since('cacheable-pfnmap'));
  });

  it('proves 6.17 or later by 1 on a VM fd', () => {
    expect(toldBy({ cap243: { vm: 1 } })).toEqual(since('cacheable-pfnmap'));
  });

  it('proves an older kernel by 0 on both fds', () => {
    expect(toldBy({ cap243: onBoth(0) })).toEqual(before('cacheable-pfnmap'));
  });

  it('proves nothing by 0 on a VM fd alone', () => {
    expect(toldBy({ cap243: { vm: 0 } })).toEqual(ALL_GENERATIONS);
    expect(told({ release: '6.12.0', cap243: { vm: 0 }, guestMemfd: undefined })).toEqual(since('normal-nc'));
  });

  it('proves nothing by another errno', () => {
    expect(toldBy({ cap243: { system: 'EPERM', vm: 'ENOTTY' } })).toEqual(ALL_GENERATIONS);
  });
});

describe('KVM_CAP_GUEST_MEMFD', () => {
  it('proves 6.18 or later by 1, and an older kernel by 0', () => {
    expect(toldBy({ guestMemfd: onBoth(1) })).toEqual(since('guest-memfd'));
    expect(toldBy({ guestMemfd: onBoth(0) })).toEqual(before('guest-memfd'));
    expect(toldBy({ guestMemfd: { system: 1 } })).toEqual(since('guest-memfd'));
  });

  it('proves nothing by an errno', () => {
    expect(toldBy({ guestMemfd: { system: 'EINVAL' } })).toEqual(ALL_GENERATIONS);
  });

  it('proves something by its flags where there are any', () => {
    expect(toldBy({ guestMemfdFlags: onBoth(3) })).toEqual(since('guest-memfd'));
    expect(toldBy({ guestMemfdFlags: onBoth(0) })).toEqual(ALL_GENERATIONS);
  });

  it('narrows what capability 243 leaves open', () => {
    expect(toldBy({ cap243: { system: 'EINVAL' }, guestMemfd: onBoth(0) })).toEqual(['cacheable-pfnmap']);
  });
});

describe('the release', () => {
  it.each(ALL_GENERATIONS)('decides within %s where what was probed agrees', (generation) => {
    expect(told({ release: KERNELS[generation].first })).toEqual([generation]);
    expect(told({ release: KERNELS[generation].recorded })).toEqual([generation]);
  });

  it.each([
    ['5.14.0', ALL_GENERATIONS],
    ['6.8.12', ALL_GENERATIONS],
    ['6.9.0', since('normal-nc')],
    ['6.16.9', since('normal-nc')],
    ['6.17.0', since('cacheable-pfnmap')],
    ['6.18.0', ['guest-memfd']],
    ['7.0.14', ['guest-memfd']],
    ['7.1.0', ['protected-guest']],
  ])('alone is a lower bound: %s', (release, candidates) => {
    expect(toldBy({ release })).toEqual(candidates);
  });

  it('says nothing where it cannot be read', () => {
    expect(toldBy({ release: 'custom' })).toEqual(ALL_GENERATIONS);
    expect(toldBy({})).toEqual(ALL_GENERATIONS);
  });

  it('is outranked by a backport that was probed', () => {
    const nvidia = told({ release: '6.14.0-1011-nvidia', cap243: { system: 'EINVAL', vm: 1 }, guestMemfd: onBoth(0) });
    expect(nvidia).toEqual(['cacheable-pfnmap']);
    const both = told({ release: '6.12.0', cap243: { system: 'EINVAL', vm: 1 }, guestMemfd: onBoth(1) });
    expect(both).toEqual(since('guest-memfd'));
  });

  it('is believed again where the capability of the next span was asked and is not there', () => {
    expect(told({ release: '6.12.0', cap243: onBoth(0), guestMemfd: undefined })).toEqual(['normal-nc']);
    expect(told({ release: '6.17.0', guestMemfd: undefined })).toEqual(since('cacheable-pfnmap'));
    expect(told({ release: '6.17.0', guestMemfd: onBoth(0) })).toEqual(['cacheable-pfnmap']);
  });

  it('older than 5.14 leaves nothing, unless a backport proves otherwise', () => {
    expect(toldBy({ release: '5.13.19' })).toEqual([]);
    expect(toldBy({ release: '5.13.19', cap243: onBoth(0), guestMemfd: onBoth(0) })).toEqual([]);
    expect(toldBy({ release: '5.13.19', cap243: { vm: 0 } })).toEqual([]);
    expect(toldBy({ release: '5.13.19', cap243: { system: 'EINVAL' } })).toEqual(since('cacheable-pfnmap'));
  });
});

describe('generationsOf', () => {
  it('names the generation where there is only one', () => {
    expect(generationsOf(aHost()).known).toBe('protected-guest');
    expect(generationsOf(aHostOfUnknownKernel()).known).toBeNull();
    expect(generationsOf(aHostOfUnknownKernel({ release: '5.13.0' })).known).toBeNull();
  });

  it('disbelieves evidence that is contradicted', () => {
    // 7.2 knows capability 243, so one of the two is wrong, and neither counts.
    expect(told({ cap243: onBoth(0), guestMemfd: undefined })).toEqual(ALL_GENERATIONS);
    expect(told({ fwb: false, cap243: { system: 'EINVAL', vm: 1 } })).toEqual(['protected-guest']);
  });
});
