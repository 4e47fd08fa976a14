import { describe, expect, it } from 'vitest';
import { failsWith, missingOf, said } from '../../../../test/support/ask.js';
import {
  ALL_GENERATIONS,
  aBar,
  aDaxWindow,
  aGuestMemfd,
  aGuestMemfdSlot,
  aHost,
  aManifest,
  aMapping,
  aQuestion,
  aSlot,
  gpuMemory,
  ioMixedmap,
  vmOver,
} from '../../../../test/support/builders.js';
import { BUILT_IN, type Catalogue, catalogueWith } from '../catalogue/catalogue.js';
import type { Mapping } from '../model/manifest.js';
import type { GenerationId } from '../model/verdict.js';

const ask = (mapping: Mapping, generation: GenerationId = 'protected-guest') =>
  aQuestion({ manifest: vmOver(mapping), target: aHost({ generation }) });

const AT = '/manifest/memslots/0/mappings/0';

/** Memory of a device whose driver the catalogue knows. */
const ofDriver = (catalogue: Catalogue, given: Partial<Mapping>) => ({
  ...aQuestion({
    manifest: {
      ...vmOver(gpuMemory({ device: 'gpu0', region: 4, ...given })),
      devices: [{ name: 'gpu0', driver: 'nvgrace_gpu_vfio_pci' }],
    },
  }),
  catalogue,
});

describe('host-mapping-protection', () => {
  const NO = 'fault HOST_MAPPING_PROTECTION EFAULT late 0 0';

  it.each(ALL_GENERATIONS)('says no on %s', (generation) => {
    expect(failsWith(ask(aMapping({ protection: 'r' }), generation))).toBe(NO);
  });

  it.each([
    ['r', ['write'], 'reject'],
    ['r', ['read'], 'pass'],
    ['r', ['execute'], 'pass'],
    ['none', ['read'], 'reject'],
    ['none', ['execute'], 'reject'],
    ['rw', ['read', 'write', 'execute'], 'pass'],
    ['none', [], 'pass'],
  ] as const)('with protection %s to accesses %j says %s', (protection, access, answer) => {
    expect(said('host-mapping-protection', ask(aMapping({ protection, access })))).toBe(answer);
  });

  it('lets a readonly slot stand over a mapping that can only be read', () => {
    const memslots = [aSlot({ flags: ['readonly'], mappings: [aMapping({ protection: 'r' })] })];
    expect(said('host-mapping-protection', aQuestion({ manifest: aManifest({ memslots }) }))).toBe('pass');
  });

  it('says nothing of a guest_memfd, for which no VMA is consulted', () => {
    const memslots = [aGuestMemfdSlot({ mappings: [aGuestMemfd({ protection: 'none' })] })];
    expect(said('host-mapping-protection', aQuestion({ manifest: aManifest({ memslots }) }))).toBe('pass');
  });
});

describe('secretmem', () => {
  const secret = aMapping({ backing: 'secretmem', vmFlags: ['shared'] });

  it.each(ALL_GENERATIONS)('says no on %s', (generation) => {
    expect(failsWith(ask(secret, generation))).toBe('fault SECRETMEM_UNREACHABLE EFAULT late 0 0');
  });

  it('says yes to every other backing', () => {
    expect(said('secretmem', ask(aMapping()))).toBe('pass');
    expect(said('secretmem', ask(aBar()))).toBe('pass');
  });

  it('does not know without the backing', () => {
    expect(said('secretmem', ask(aMapping({ backing: undefined })))).toBe('unknown');
    expect(missingOf('secretmem', ask(aMapping({ backing: undefined })))).toEqual([`${AT}/backing`]);
  });
});

describe('cow-pfnmap-write', () => {
  const cow = (given: Partial<Mapping> = {}) => aBar({ vmFlags: ['pfnmap', 'io', 'cow'], ...given });

  it.each(ALL_GENERATIONS)('says no on %s', (generation) => {
    expect(failsWith(ask(cow(), generation))).toBe('fault COW_PFNMAP_WRITE EFAULT late 0 0');
  });

  it('says yes to what is not written, not private, or not PFNMAP', () => {
    expect(said('cow-pfnmap-write', ask(cow({ access: ['read'] })))).toBe('pass');
    expect(said('cow-pfnmap-write', ask(aBar()))).toBe('pass');
    expect(said('cow-pfnmap-write', ask(aMapping()))).toBe('pass');
  });

  it('does not know without the flags, and only where the guest writes', () => {
    expect(said('cow-pfnmap-write', ask(cow({ vmFlags: undefined })))).toBe('unknown');
    expect(missingOf('cow-pfnmap-write', ask(cow({ vmFlags: undefined })))).toEqual([`${AT}/vmFlags`]);
    expect(said('cow-pfnmap-write', ask(cow({ vmFlags: undefined, access: ['read'] })))).toBe('pass');
  });

  it('does not know where the document and the driver do not agree about VM_PFNMAP', () => {
    const question = ofDriver(BUILT_IN, { vmFlags: ['io', 'cow'] });
    expect(said('cow-pfnmap-write', question)).toBe('unknown');
    expect(missingOf('cow-pfnmap-write', question)).toEqual([`${AT}/vmFlags`]);
  });
});

describe('mixedmap-unreachable', () => {
  const special = (given: Partial<Mapping> = {}) =>
    gpuMemory({ backing: 'device', vmFlags: ['mixedmap', 'shared'], ...given });

  it.each(ALL_GENERATIONS)('says no on %s, whatever the type', (generation) => {
    for (const memoryType of ['normal', 'normal-nc', 'device-nGnRE'] as const)
      expect(failsWith(ask(special({ memoryType }), generation))).toBe('fault MIXEDMAP_UNREACHABLE EFAULT late 0 0');
  });

  it.each([
    ['VM_IO', ioMixedmap()],
    ['VM_PFNMAP', special({ vmFlags: ['mixedmap', 'pfnmap'] })],
    ['RAM behind it', special({ kernelMapped: true })],
    ['pages that can be pinned', aDaxWindow()],
    ['no VM_MIXEDMAP at all', gpuMemory()],
  ])('says yes with %s', (_what, mapping) => {
    expect(said('mixedmap-unreachable', ask(mapping))).toBe('pass');
  });

  it.each([
    ['the flags', { vmFlags: undefined }, [`${AT}/vmFlags`]],
    ['where its pages are', { kernelMapped: undefined }, [`${AT}/kernelMapped`]],
    ['the backing', { backing: undefined }, [`${AT}/backing`]],
  ] as const)('does not know without %s', (_what, given, missing) => {
    expect(said('mixedmap-unreachable', ask(special(given)))).toBe('unknown');
    expect(missingOf('mixedmap-unreachable', ask(special(given)))).toEqual(missing);
  });

  const MIXEDMAP = catalogueWith([
    {
      id: 'mixed-map driver',
      drivers: ['nvgrace_gpu_vfio_pci'],
      regions: [9],
      vmFlags: ['mixedmap', 'shared'],
      memoryTypes: ['normal'],
      kernelMapped: false,
      perPteProt: false,
      since: undefined,
      cite: 'a driver that is not in the kernel',
    },
  ]);

  it.each([
    ['the flags, where it has VM_PFNMAP by the document alone', ['mixedmap', 'pfnmap'], 'device', [`${AT}/vmFlags`]],
    ['the flags, where it has VM_MIXEDMAP by the driver alone', ['shared'], 'device', [`${AT}/vmFlags`]],
    ['the backing, of which the driver tells nothing', ['mixedmap'], undefined, [`${AT}/backing`]],
  ] as const)('does not know without %s', (_what, vmFlags, backing, missing) => {
    const question = ofDriver(MIXEDMAP, { vmFlags, backing, region: 9, kernelMapped: undefined });
    expect(said('mixedmap-unreachable', question)).toBe('unknown');
    expect(missingOf('mixedmap-unreachable', question)).toEqual(missing);
  });
});
