import { describe, expect, it } from 'vitest';
import {
  aDeviceQuestion,
  aHostDevice,
  aVmDevice,
  CACHEABLE_REGION,
  DEVICE_AND_MEMORY,
  EVERYTHING,
  ownedGpuMemory,
  VENDOR,
} from '../../../../test/support/builders-devices.js';
import { decide } from '../decide.js';
import type { Question } from '../model/question.js';
import type { Decision } from '../model/verdict.js';
import { BUILT_IN, BUILT_IN_ROWS, type CatalogueRow, catalogueWith, driverRow, mappingRow } from './catalogue.js';
import type { DriverRow } from './drivers.js';
import type { MappingRow } from './mappings.js';

const MEMORY: MappingRow = {
  id: 'acme-memory',
  drivers: ['acme-vfio-pci'],
  regions: [4],
  vmFlags: ['pfnmap', 'io', 'shared'],
  memoryTypes: ['normal'],
  kernelMapped: false,
  perPteProt: false,
  since: undefined,
  cite: 'acme 2.3 acme_vfio.c acme_mmap()',
};

const ABILITY: DriverRow = {
  id: 'acme-driver',
  driver: 'acme_vfio_pci',
  migration: true,
  p2p: true,
  since: undefined,
  compares: undefined,
  cite: 'acme 2.3 acme_vfio.c acme_probe()',
};

const BY_OPERATOR = 'catalogue acme-memory (added by an operator)';
const DEVICE = aHostDevice({ ...VENDOR, migration: EVERYTHING, regions: [CACHEABLE_REGION] });

/** A VM with the device of a driver that no built-in row knows, leaving out what user space cannot see. */
function aVendorQuestion(told: { driver?: string | undefined } = VENDOR): Question {
  return aDeviceQuestion({
    vm: {
      devices: [aVmDevice({ ...VENDOR, name: 'gpu0', driver: told.driver })],
      mappings: [ownedGpuMemory({ vmFlags: undefined, memoryType: undefined, kernelMapped: undefined })],
    },
    target: { devices: [{ ...DEVICE, regions: undefined }] },
    source: { machineId: 'machine-a', devices: [DEVICE] },
    phases: DEVICE_AND_MEMORY,
  });
}

function ask(rows: readonly CatalogueRow[], question = aVendorQuestion()): Decision {
  return decide({ ...question, catalogue: catalogueWith(rows) });
}

const saying = ({ findings }: Decision) => findings.map(({ check, severity }) => `${check} ${severity}`);

describe('an added row of memory', () => {
  it('tells what the documents leave out, and the answer names it and who added it', () => {
    const { outcome, derived } = ask([MEMORY]);
    expect([outcome, derived]).toEqual([
      'compatible',
      [
        { at: '/manifest/memslots/1/mappings/0/vmFlags', value: ['pfnmap', 'io', 'shared'], from: BY_OPERATOR },
        { at: '/manifest/memslots/1/mappings/0/memoryType', value: 'normal', from: BY_OPERATOR },
        { at: '/manifest/memslots/1/mappings/0/kernelMapped', value: false, from: BY_OPERATOR },
        { at: '/fingerprint/devices/0/regions/vmFlags', value: ['pfnmap', 'io', 'shared'], from: BY_OPERATOR },
        { at: '/fingerprint/devices/0/regions/memoryType', value: 'normal', from: BY_OPERATOR },
      ],
    ]);
  });

  it('is missed where it is not there: what is not known stays so', () => {
    for (const decision of [ask([]), decide(aVendorQuestion()), ask([{ ...MEMORY, regions: [3] }])]) {
      expect(decision.outcome).toBe('indeterminate');
      expect(decision.derived).toBeUndefined();
      const missing = decision.findings.flatMap((finding) => finding.missing);
      expect(missing).toContain('/fingerprint/devices/0/regions');
    }
  });

  it('that differs from the documents makes a doubt or a no, and names itself', () => {
    const { target, ...rest } = aVendorQuestion();
    const stating = { ...rest, target: { ...target, devices: [DEVICE] } };
    const { outcome, findings } = ask([{ ...MEMORY, memoryTypes: ['device-nGnRnE'] }], stating);
    expect(outcome).toBe('incompatible');
    expect(findings).toContainEqual(
      expect.objectContaining({
        check: 'hazard-mmio-cacheable',
        actual: expect.objectContaining({ driver: 'acme-memory (added by an operator)' }),
      }),
    );
  });

  it('of pages that differ from their VMA is a hazard by its name', () => {
    const { findings } = ask([{ ...MEMORY, perPteProt: true }]);
    expect(findings).toContainEqual(
      expect.objectContaining({
        check: 'hazard-per-pte-prot',
        actual: { driver: 'acme-memory (added by an operator)' },
      }),
    );
  });
});

describe('an added row of a driver', () => {
  const never: DriverRow = { ...ABILITY, migration: false, p2p: false };
  const from = 'catalogue acme-driver (added by an operator)';

  it('that has no migration is a doubt against a probe, and a no where nothing was probed', () => {
    expect(saying(ask([MEMORY, never]))).toContain('vfio-migration unknown');
    const unprobed = aHostDevice({ ...VENDOR, migration: {}, regions: [CACHEABLE_REGION] });
    const question = { ...aVendorQuestion(), source: { ...aVendorQuestion().source, devices: [unprobed] } };
    expect(saying(ask([MEMORY], question))).toContain('vfio-migration unknown');
    const decision = ask([MEMORY, never], question);
    expect(saying(decision)).toContain('vfio-migration reject');
    expect(decision.derived).toContainEqual({
      at: '/manifest/devices/0/migration',
      value: { stopCopy: false, p2p: false },
      from,
    });
  });

  it('that can migrate promises nothing: that is probed', () => {
    expect(ask([MEMORY, ABILITY])).toEqual(ask([MEMORY]));
    const unprobed = aHostDevice({ ...VENDOR, migration: {}, regions: [CACHEABLE_REGION] });
    const question = { ...aVendorQuestion(), source: { ...aVendorQuestion().source, devices: [unprobed] } };
    expect(ask([MEMORY, ABILITY], question)).toEqual(ask([MEMORY], question));
  });

  it('without peers of its own says that alone', () => {
    const { derived } = ask([{ ...ABILITY, p2p: false }]);
    expect(derived).toEqual([{ at: '/manifest/devices/0/migration', value: { p2p: false }, from }]);
  });

  it('speaks of the devices of the target where the driver of the VM is not told', () => {
    const { derived } = ask([never], aVendorQuestion({}));
    expect(derived).toEqual([{ at: '/fingerprint/devices/0/migration', value: { stopCopy: false, p2p: false }, from }]);
    const other = { ...aVendorQuestion({}), target: { devices: [{ ...DEVICE, vendorDevice: '1d0f:0000' }] } };
    expect(ask([never], other).derived).toBeUndefined();
  });

  it('says what it compares, and since when it migrates', () => {
    const row = { ...ABILITY, compares: 'its firmware', since: [6, 6] } as const;
    expect(ask([MEMORY, row]).findings).toContainEqual(
      expect.objectContaining({ check: 'driver-state', message: 'acme_vfio_pci compares its firmware.' }),
    );
    const unable = { devices: [{ ...DEVICE, migration: { ...EVERYTHING, stopCopy: false } }] };
    expect(
      ask([MEMORY, row], { ...aVendorQuestion(), target: { ...aVendorQuestion().target, ...unable } }).findings,
    ).toContainEqual(
      expect.objectContaining({ check: 'device-migration', actual: expect.objectContaining({ migratesSince: '6.6' }) }),
    );
  });
});

describe('the catalogue', () => {
  it('takes a built-in row for what one tells, whatever was added', () => {
    const rows = catalogueWith([
      { ...MEMORY, drivers: ['mlx5-vfio-pci'], regions: 'any' },
      { ...ABILITY, driver: 'nvgrace-gpu-vfio-pci' },
    ]);
    expect(mappingRow(rows, 'mlx5_vfio_pci', 0)).toBe(mappingRow(BUILT_IN, 'mlx5_vfio_pci', 0));
    expect(driverRow(rows, 'nvgrace_gpu_vfio_pci')).toBe(driverRow(BUILT_IN, 'nvgrace_gpu_vfio_pci'));
    expect(mappingRow(rows, 'mlx5_vfio_pci', 9)).toMatchObject({ id: 'acme-memory', added: true });
  });

  it('is the built-in one where nothing was added', () => {
    expect(catalogueWith([])).toBe(BUILT_IN);
    expect(driverRow(catalogueWith([ABILITY]), 'acme-vfio-pci')).toEqual({ ...ABILITY, added: true });
  });

  it('has each row once, and none that an operator added', () => {
    expect(new Set(BUILT_IN_ROWS.map(({ id }) => id)).size).toBe(BUILT_IN_ROWS.length);
    expect(BUILT_IN_ROWS.filter(({ added }) => added !== undefined)).toEqual([]);
  });
});
