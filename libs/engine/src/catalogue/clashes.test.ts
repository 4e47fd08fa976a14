import { describe, expect, it } from 'vitest';
import type { CatalogueRow } from './catalogue.js';
import { builtInClashes, type Clash, clashesWith } from './clashes.js';
import type { DriverRow } from './drivers.js';
import type { MappingRow } from './mappings.js';

function memory(drivers: readonly string[], regions: MappingRow['regions']): MappingRow {
  const told = { vmFlags: [], memoryTypes: ['normal'], kernelMapped: false, perPteProt: false } as const;
  return { id: 'a-memory', drivers, regions, ...told, since: undefined, cite: 'acme' };
}

function ability(driver: string): DriverRow {
  return { id: 'a-driver', driver, migration: true, p2p: true, since: undefined, compares: undefined, cite: 'acme' };
}

const told = (clashes: readonly Clash[]) =>
  clashes.map(({ row, driver, regions }) => [row.id, driver, ...(regions === undefined ? [] : [regions])]);

describe('a row', () => {
  it.each<[string, CatalogueRow, unknown]>([
    ['a BAR of an in-tree driver', memory(['mlx5-vfio-pci'], [0, 9]), [['vfio-pci bar', 'mlx5-vfio-pci', [0]]]],
    ['every region of it', memory(['mlx5_vfio_pci'], 'any'), [['vfio-pci bar', 'mlx5_vfio_pci', [0, 1, 2, 3, 4, 5]]]],
    [
      'a region that two built-in rows speak of',
      memory(['acme', 'nvgrace_gpu_vfio_pci'], [4]),
      [
        ['nvgrace-gpu usemem', 'nvgrace_gpu_vfio_pci', [4]],
        ['vfio-pci bar', 'nvgrace_gpu_vfio_pci', [4]],
      ],
    ],
    ['one region of a driver that has but one kind', memory(['uio'], [7]), [['uio', 'uio', [7]]]],
    ['all of such a driver', memory(['uio'], 'any'), [['uio', 'uio', 'any']]],
    ['what an in-tree driver can do', ability('vfio-pci'), [['vfio_pci', 'vfio-pci']]],
  ])('may not tell %s', (_what, row, clashes) => {
    expect(told(builtInClashes(row))).toEqual(clashes);
  });

  it.each<[string, CatalogueRow]>([
    ['a driver that Berth does not know', memory(['acme_vfio_pci'], 'any')],
    ['another region of one that it knows', memory(['mlx5_vfio_pci'], [9])],
    ['what an out-of-tree driver can do', ability('acme_vfio_pci')],
    ['what a driver can do of which only the memory is known', ability('udmabuf')],
  ])('may tell %s', (_what, row) => {
    expect(builtInClashes(row)).toEqual([]);
  });

  it('may not tell what another added row tells', () => {
    const others = [memory(['acme_vfio_pci'], [0, 2]), ability('acme_vfio_pci')];
    expect(told(clashesWith(memory(['acme-vfio-pci'], [2, 3]), others))).toEqual([['a-memory', 'acme-vfio-pci', [2]]]);
    expect(told(clashesWith(ability('acme-vfio-pci'), others))).toEqual([['a-driver', 'acme-vfio-pci']]);
    expect(clashesWith(memory(['acme_vfio_pci'], [1]), others)).toEqual([]);
    expect(clashesWith(ability('other_vfio_pci'), others)).toEqual([]);
  });
});
