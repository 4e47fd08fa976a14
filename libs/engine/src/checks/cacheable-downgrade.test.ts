import { describe, expect, it } from 'vitest';
import { failsWith, findingsOf, missingOf, said, saidAlone } from '../../../../test/support/ask.js';
import {
  aBar,
  aDevdax,
  aHost,
  aMapping,
  aQuestion,
  aUdmabuf,
  gpuMemory,
  ioMixedmap,
  vmOver,
} from '../../../../test/support/builders.js';
import { catalogueWith } from '../catalogue/catalogue.js';
import { decide } from '../decide.js';
import type { Mapping } from '../model/manifest.js';
import type { GenerationId } from '../model/verdict.js';

const ask = (mapping: Mapping, generation: GenerationId = 'normal-nc') =>
  aQuestion({ manifest: vmOver(mapping), target: aHost({ generation }) });

const AT = '/manifest/memslots/0/mappings/0';
const BEFORE_617: readonly GenerationId[] = ['device-only', 'normal-nc'];

describe('cacheable-downgrade', () => {
  it.each(BEFORE_617)('says no on %s, though KVM says nothing', (generation) => {
    for (const mapping of [gpuMemory(), ioMixedmap(), aDevdax()])
      expect(failsWith(ask(mapping, generation))).toBe('fault CACHEABLE_DOWNGRADE no errno silent 0 0');
  });

  it('shows what the guest gets instead', () => {
    const shown = (mapping: Mapping, generation: GenerationId) =>
      findingsOf('cacheable-downgrade', ask(mapping, generation)).map(({ actual }) => actual['stage2']);
    const relaxed = gpuMemory({ vmFlags: ['pfnmap', 'io', 'shared', 'allow-any-uncached'] });
    expect(shown(gpuMemory(), 'normal-nc')).toEqual(['device-nGnRE']);
    expect(shown(relaxed, 'normal-nc')).toEqual(['normal-nc']);
    expect(shown(relaxed, 'device-only')).toEqual(['device-nGnRE']);
  });

  it('says yes to RAM, to RAM behind a PFNMAP VMA, and to uncached types', () => {
    expect(said('cacheable-downgrade', ask(aMapping()))).toBe('pass');
    expect(said('cacheable-downgrade', ask(aUdmabuf()))).toBe('pass');
    expect(said('cacheable-downgrade', ask(aBar()))).toBe('pass');
  });

  it('leaves a fetch to the abort that it gets', () => {
    const question = ask(gpuMemory({ access: ['execute'] }));
    expect(failsWith(question)).toBe('fault EXEC_FROM_UNCACHED no errno late 0 0');
    expect(saidAlone('cacheable-downgrade', question)).toBe('pass');
  });

  it('says no without the type where the driver gives none but cacheable ones, and does not name one', () => {
    const catalogue = catalogueWith([
      {
        id: 'cacheable in two ways',
        drivers: ['acme_vfio_pci'],
        regions: 'any',
        vmFlags: ['pfnmap', 'io', 'shared'],
        memoryTypes: ['normal', 'normal-tagged'],
        kernelMapped: false,
        perPteProt: false,
        since: undefined,
        cite: 'a driver that is not in the kernel',
      },
    ]);
    const manifest = {
      ...vmOver(gpuMemory({ device: 'gpu0', memoryType: undefined })),
      devices: [{ name: 'gpu0', driver: 'acme_vfio_pci' }],
    };
    const [finding] = findingsOf('cacheable-downgrade', { ...ask(gpuMemory()), manifest, catalogue });
    expect(finding).toMatchObject({ severity: 'reject', actual: { memoryType: null } });
  });

  it('warns under the policy kernel, to which a silent degradation is a success', () => {
    const question = { ...ask(gpuMemory()), policy: 'kernel' as const };
    expect(said('cacheable-downgrade', question)).toBe('warn');
    expect(decide(question)).toMatchObject({ outcome: 'compatible', wouldFail: null });
  });

  it.each([
    ['where its pages are', gpuMemory({ kernelMapped: undefined }), [`${AT}/kernelMapped`]],
    ['its type', gpuMemory({ memoryType: undefined }), [`${AT}/memoryType`]],
    [
      'either',
      gpuMemory({ memoryType: undefined, kernelMapped: undefined }),
      [`${AT}/kernelMapped`, `${AT}/memoryType`],
    ],
  ])('does not know without %s', (_what, mapping, missing) => {
    expect(said('cacheable-downgrade', ask(mapping))).toBe('unknown');
    expect(missingOf('cacheable-downgrade', ask(mapping))).toEqual(missing);
  });

  it('is not asked since 6.17', () => {
    expect(said('cacheable-downgrade', ask(gpuMemory(), 'cacheable-pfnmap'))).toBe('pass');
  });
});
