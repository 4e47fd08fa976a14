import { describe, expect, it } from 'vitest';
import { BUILT_IN, driverRow, mappingRow } from './catalogue.js';
import { DRIVERS } from './drivers.js';
import { MAPPINGS } from './mappings.js';

describe('the mapping catalogue', () => {
  it.each([
    ['nvgrace_gpu_vfio_pci', 4, 'nvgrace-gpu usemem', ['normal']],
    ['nvgrace-gpu-vfio-pci', 2, 'nvgrace-gpu resmem', ['normal-nc', 'device-nGnRnE']],
    ['nvgrace_gpu_vfio_pci', 0, 'vfio-pci bar', ['device-nGnRnE']],
    ['mlx5_vfio_pci', 5, 'vfio-pci bar', ['device-nGnRnE']],
    ['vfio-platform', undefined, 'vfio-platform', ['device-nGnRnE']],
    ['vfio-cdx', 1, 'vfio-cdx', ['device-nGnRE']],
    ['vfio-fsl-mc', 0, 'vfio-fsl-mc', ['normal', 'device-nGnRnE']],
    ['amdgpu', undefined, 'ttm buffer', ['normal']],
    ['udmabuf', undefined, 'udmabuf', ['normal']],
  ])('knows %s region %s', (driver, region, id, memoryTypes) => {
    expect(mappingRow(BUILT_IN, driver, region)).toMatchObject({ id, memoryTypes });
  });

  it.each([
    ['acme_vfio_pci', 0],
    ['mlx5_vfio_pci', undefined],
    ['mlx5_vfio_pci', 6],
    ['mlx5_core', 0],
    [undefined, 0],
  ])('does not know %s region %s', (driver, region) => {
    expect(mappingRow(BUILT_IN, driver, region)).toBeUndefined();
  });

  it('has no two rows for one thing but the special ones of a driver before its general one', () => {
    const claims = MAPPINGS.flatMap(({ id, drivers, regions }) => drivers.map((driver) => ({ id, driver, regions })));
    const twice = claims.filter((a) => claims.some((b) => a !== b && a.driver === b.driver));
    expect(new Set(twice.map(({ driver }) => driver))).toEqual(new Set(['nvgrace_gpu_vfio_pci']));
  });

  it('says where each row was read, and that no memory of a driver can carry tags', () => {
    for (const { cite, vmFlags, memoryTypes, since } of MAPPINGS) {
      expect(cite).toMatch(/^linux drivers\/\S+\.c \w+\(\)/);
      expect(vmFlags).not.toContain('mte-allowed');
      expect(memoryTypes).not.toHaveLength(0);
      expect(since).toMatch(/^\d\.\d+$/);
    }
  });
});

describe('the driver catalogue', () => {
  it('knows which drivers never migrate', () => {
    const never = DRIVERS.filter(({ migration }) => !migration).map(({ driver }) => driver);
    expect(never).toEqual(expect.arrayContaining(['nvgrace_gpu_vfio_pci', 'vfio_pci']));
    expect(driverRow(BUILT_IN, 'vfio-pci')).toBe(driverRow(BUILT_IN, 'vfio_pci'));
    expect(driverRow(BUILT_IN, 'acme_vfio_pci')).toBeUndefined();
    expect(driverRow(BUILT_IN, undefined)).toBeUndefined();
  });

  it('gives no peer-to-peer to a driver without migration, and since when to each with it', () => {
    for (const { migration, p2p, since, compares } of DRIVERS) {
      if (!migration) expect([p2p, since, compares]).toEqual([false, undefined, undefined]);
      else expect([since === undefined, compares === undefined]).toEqual([false, false]);
    }
  });

  it('has each driver once', () => {
    expect(new Set(DRIVERS.map(({ driver }) => driver)).size).toBe(DRIVERS.length);
  });
});
