import { describe, expect, it } from 'vitest';
import { BUILT_IN, mappingRow } from './catalogue.js';
import { isCacheable, traitsOf } from './traits.js';

const AT = '/manifest/memslots/0/mappings/0';
const BAR = mappingRow(BUILT_IN, 'mlx5_vfio_pci', 0);
const USEMEM = mappingRow(BUILT_IN, 'nvgrace_gpu_vfio_pci', 4);
const RESMEM = mappingRow(BUILT_IN, 'nvgrace_gpu_vfio_pci', 2);
const PORTAL = mappingRow(BUILT_IN, 'vfio-fsl-mc', 0);
const TTM = mappingRow(BUILT_IN, 'amdgpu', undefined);

describe('traits', () => {
  it('are what the document says where the catalogue knows nothing', () => {
    expect(traitsOf({ memoryType: 'normal-tagged' }, undefined, AT)).toMatchObject({ cacheable: true, derived: [] });
    expect(traitsOf({}, undefined, AT)).toMatchObject({ cacheable: undefined, vmFlags: undefined });
  });

  it('are what the driver does where the document says nothing, and say so', () => {
    expect(traitsOf({}, USEMEM, AT)).toMatchObject({
      vmFlags: ['pfnmap', 'io', 'shared'],
      memoryType: 'normal',
      cacheable: true,
      kernelMapped: false,
    });
    const from = 'catalogue nvgrace-gpu usemem';
    expect(traitsOf({}, USEMEM, AT).derived).toEqual([
      { at: `${AT}/vmFlags`, value: ['pfnmap', 'io', 'shared'], from },
      { at: `${AT}/memoryType`, value: 'normal', from },
      { at: `${AT}/kernelMapped`, value: false, from },
    ]);
  });

  it('are known as far as the driver leaves no doubt', () => {
    expect(traitsOf({}, RESMEM, AT)).toMatchObject({ memoryType: undefined, cacheable: false });
    const portal = traitsOf({}, PORTAL, AT);
    expect(portal.cacheable).toBeUndefined();
    expect(portal.derived.map(({ at }) => at)).toEqual([`${AT}/vmFlags`, `${AT}/kernelMapped`]);
    expect(traitsOf({}, TTM, AT).kernelMapped).toBeUndefined();
  });

  it('are what the document says where the driver allows it', () => {
    const stated = { memoryType: 'device-nGnRE', vmFlags: ['pfnmap'], kernelMapped: false } as const;
    expect(traitsOf(stated, BAR, AT)).toMatchObject({ ...stated, cacheable: false, disputed: [], derived: [] });
    expect(traitsOf({ memoryType: 'normal' }, PORTAL, AT).cacheable).toBe(true);
  });

  it('are in doubt where the two differ, either way', () => {
    expect(traitsOf({ memoryType: 'normal' }, BAR, AT)).toMatchObject({ cacheable: undefined, overclaimed: true });
    expect(traitsOf({ memoryType: 'normal-nc' }, USEMEM, AT)).toMatchObject({
      cacheable: undefined,
      overclaimed: false,
    });
    expect(traitsOf({ kernelMapped: true }, BAR, AT).kernelMapped).toBeUndefined();
    expect(traitsOf({ vmFlags: ['io', 'mte-allowed'] }, BAR, AT).disputed).toEqual(['pfnmap', 'mte-allowed']);
  });

  it('count every type but three as cacheable, as the kernel does', () => {
    const types = ['normal', 'normal-tagged', 'normal-nc', 'device-nGnRE', 'device-nGnRnE'] as const;
    expect(types.filter(isCacheable)).toEqual(['normal', 'normal-tagged']);
  });
});
