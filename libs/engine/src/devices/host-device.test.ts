import { describe, expect, it } from 'vitest';
import { traitsOf } from '../catalogue/traits.js';
import { alike, type Region } from './host-device.js';

const AT = '/fingerprint/devices/0/regions/0';
const stated = { vmFlags: ['pfnmap', 'io'], memoryType: 'normal', kernelMapped: false } as const;
const region: Region = { ...traitsOf(stated, undefined, AT), at: AT };

describe('two regions', () => {
  it('are alike wherever they stand, and in whatever order their flags are told', () => {
    expect(alike(region, { ...region, at: '/fingerprint/devices/1/regions/0' })).toBe(true);
    expect(alike(region, { ...region, vmFlags: ['io', 'pfnmap'] })).toBe(true);
  });

  it.each<[string, Partial<Region>]>([
    ['whether they are cacheable', { cacheable: undefined }],
    ['their type', { memoryType: 'normal-tagged' }],
    ['their flags', { vmFlags: ['pfnmap', 'shared'] }],
    ['whether their flags are told', { vmFlags: undefined }],
    ['the flags that are disputed', { disputed: ['pfnmap'] }],
  ])('are not alike where they differ in %s', (_what, given) => {
    expect(alike(region, { ...region, ...given })).toBe(false);
    expect(alike({ ...region, ...given }, region)).toBe(false);
  });
});
