import { describe, expect, it } from 'vitest';
import {
  ALL_GENERATIONS,
  aBar,
  aDevdax,
  aHost,
  aMapping,
  aUdmabuf,
  gpuMemory,
  type HostGiven,
} from '../../../test/support/builders.js';
import { factsOf } from './facts.js';
import type { Mapping } from './model/manifest.js';
import { cacheMaintenanceOf, stage2Of } from './stage2.js';
import { vmaOf } from './vma.js';

const AT = '/manifest/memslots/0/mappings/0';
const CAP = '/fingerprint/kvm/capabilities/KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED';

const stage2 = (mapping: Mapping, generation: (typeof ALL_GENERATIONS)[number], host: HostGiven = {}) =>
  stage2Of(vmaOf(mapping, 0, AT, undefined), factsOf(aHost(host)), generation);

/** One type for each generation, from the oldest on. */
const types = (mapping: Mapping, host: HostGiven = {}) =>
  ALL_GENERATIONS.map((generation) => stage2(mapping, generation, host).answer);

const WB = 'normal-wb';
const NC = 'normal-nc';
const DEV = 'device-nGnRE';
const NO = 'refused';

const relaxed = (memoryType: 'normal' | 'normal-nc') => aBar({ memoryType });
const plain = (memoryType: 'normal' | 'device-nGnRE') => gpuMemory({ memoryType });
const WITHOUT: HostGiven = { fwb: false };

describe('the type at stage 2', () => {
  it.each<[string, Mapping, HostGiven, (string | undefined)[]]>([
    ['RAM', aMapping(), WITHOUT, [WB, WB, WB, WB, WB]],
    ['RAM behind a PFNMAP VMA', aUdmabuf(), WITHOUT, [WB, WB, WB, WB, WB]],
    ['write-combined RAM', aUdmabuf({ memoryType: 'normal-nc' }), WITHOUT, [WB, WB, WB, WB, WB]],
    ['ZONE_DEVICE pages', aDevdax(), WITHOUT, [DEV, DEV, WB, WB, WB]],
    ['ZONE_DEVICE pages, uncached', aDevdax({ memoryType: 'normal-nc' }), WITHOUT, [DEV, DEV, WB, WB, WB]],
    ['cacheable PFNMAP, with FWB and DIC', plain('normal'), {}, [DEV, DEV, WB, WB, WB]],
    ['cacheable PFNMAP, without', plain('normal'), WITHOUT, [DEV, DEV, NO, NO, NO]],
    ['relaxed cacheable PFNMAP, without', relaxed('normal'), WITHOUT, [DEV, NC, NO, NO, NO]],
    ['a BAR', aBar(), WITHOUT, [DEV, NC, NC, NC, NC]],
    ['relaxed Normal-NC', relaxed('normal-nc'), {}, [DEV, NC, NC, NC, NC]],
    ['a region that is not relaxed', plain('device-nGnRE'), {}, [DEV, DEV, DEV, DEV, DEV]],
    ['cacheable MIXEDMAP, without', gpuMemory({ vmFlags: ['mixedmap', 'io'] }), WITHOUT, [DEV, DEV, NO, NO, NO]],
    [
      'uncached MIXEDMAP',
      gpuMemory({ vmFlags: ['mixedmap'], memoryType: 'device-nGnRE' }),
      {},
      [DEV, DEV, DEV, DEV, DEV],
    ],
    ['relaxed memory that is neither', aDevdax({ vmFlags: ['allow-any-uncached'] }), {}, [DEV, NC, WB, WB, WB]],
  ])('%s', (_what, mapping, host, expected) => {
    expect(types(mapping, host)).toEqual(expected);
  });
});

describe('a fact that is not known', () => {
  it.each<[string, Mapping, HostGiven, (string | undefined)[]]>([
    ['FWB does not matter to RAM', aMapping(), { fwb: undefined }, [WB, WB, WB, WB, WB]],
    ['FWB does not matter to a BAR', aBar(), { fwb: undefined }, [DEV, NC, NC, NC, NC]],
    [
      'FWB matters to cacheable PFNMAP since 6.17',
      plain('normal'),
      { fwb: undefined },
      [DEV, DEV, undefined, undefined, undefined],
    ],
    [
      'flags do not matter to map memory',
      aUdmabuf({ vmFlags: undefined, memoryType: undefined }),
      WITHOUT,
      [WB, WB, WB, WB, WB],
    ],
    ['flags matter since 6.9', aBar({ vmFlags: undefined }), {}, [DEV, undefined, undefined, undefined, undefined]],
    [
      'the type matters since 6.17',
      gpuMemory({ memoryType: undefined }),
      {},
      [DEV, DEV, undefined, undefined, undefined],
    ],
    ['the type matters to no VMA that is neither', aDevdax({ memoryType: undefined }), WITHOUT, [DEV, DEV, WB, WB, WB]],
    [
      'map memory matters nearly always',
      aBar({ kernelMapped: undefined }),
      {},
      [undefined, undefined, undefined, undefined, undefined],
    ],
    ['map memory does not matter to a WB mapping', plain('normal'), { cap243: { vm: 1 } }, [DEV, DEV, WB, WB, WB]],
    ['map memory is told by the backing', aMapping({ kernelMapped: undefined }), {}, [WB, WB, WB, WB, WB]],
  ])('%s', (_what, mapping, host, expected) => {
    expect(types(mapping, host)).toEqual(expected);
  });

  it.each<[string, Mapping, HostGiven, string[]]>([
    ['map memory', aBar({ kernelMapped: undefined }), {}, [`${AT}/kernelMapped`]],
    ['the flags', aBar({ vmFlags: undefined }), {}, [`${AT}/vmFlags`]],
    ['the type', gpuMemory({ memoryType: undefined }), {}, [`${AT}/memoryType`]],
    ['FWB', plain('normal'), { fwb: undefined }, ['/fingerprint/cpu/fwb', CAP]],
    [
      'all of them',
      gpuMemory({ vmFlags: undefined, memoryType: undefined, kernelMapped: undefined }),
      { dic: undefined },
      [`${AT}/kernelMapped`, `${AT}/vmFlags`, `${AT}/memoryType`, '/fingerprint/cpu/dic', CAP],
    ],
  ])('is named where it is %s', (_what, mapping, host, missing) => {
    expect(stage2(mapping, 'protected-guest', host)).toEqual({ answer: undefined, missing });
  });

  it('is not named where it would change nothing', () => {
    const mapping = gpuMemory({ memoryType: 'normal', kernelMapped: undefined });
    expect(stage2(mapping, 'normal-nc', { fwb: undefined }).missing).toEqual([`${AT}/kernelMapped`]);
  });
});

describe('cache maintenance', () => {
  it.each([
    [WB, true, 'fwb'],
    [WB, false, 'by-va'],
    [WB, undefined, null],
    [NC, true, 'none'],
    [NC, undefined, 'none'],
    [DEV, false, 'none'],
  ] as const)('of %s with FWB %s is %s', (type, fwb, expected) => {
    expect(cacheMaintenanceOf(type, factsOf(aHost({ fwb, cap243: undefined })))).toBe(expected);
  });
});
