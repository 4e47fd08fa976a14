import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DeviceWorld, deviceWorld } from '../../../../test/support/arbitrary-devices.js';
import { decide } from '../decide.js';
import type { MemoryType, VmFlag } from '../model/memory.js';
import type { Phase } from '../model/verdict.js';
import { type CatalogueRow, catalogueWith } from './catalogue.js';

const PHASES: readonly Phase[] = ['source', 'vm', 'memslot', 'device', 'fault'];
const RUNS = 8_000;

const TYPES: readonly MemoryType[] = ['normal', 'normal-nc', 'device-nGnRE', 'device-nGnRnE'];
const FLAGS: readonly VmFlag[] = ['pfnmap', 'io', 'shared', 'allow-any-uncached'];
const flag = fc.boolean();

function rowsOf(
  drivers: readonly string[],
  regions: fc.Arbitrary<'any' | readonly number[]>,
): fc.Arbitrary<readonly CatalogueRow[]> {
  const driver = fc.constantFrom(...drivers);
  const mapping = fc.record({
    id: fc.constant('added-mapping'),
    drivers: driver.map((one) => [one]),
    regions,
    vmFlags: fc.oneof(fc.constant(['pfnmap', 'io', 'shared'] as const), fc.subarray([...FLAGS])),
    memoryTypes: fc.oneof(fc.constant(['normal'] as const), fc.subarray([...TYPES], { minLength: 1 })),
    kernelMapped: fc.constantFrom(false, false, undefined, true),
    perPteProt: flag,
    since: fc.constant(undefined),
    cite: fc.constant('acme acme.c acme_mmap()'),
  });
  const ability = fc.record({
    id: fc.constant('added-driver'),
    driver,
    migration: flag,
    p2p: flag,
    since: fc.constant(undefined),
    compares: fc.constantFrom(undefined, 'its firmware'),
    cite: fc.constant('acme acme.c acme_probe()'),
  });
  const either: fc.Arbitrary<CatalogueRow> = fc.oneof(mapping, mapping, mapping, ability);
  return fc.array(either, { minLength: 1, maxLength: 3 });
}

const UNKNOWN = 'acme_vfio_pci';

const added = rowsOf(
  [UNKNOWN, 'acme-vfio-pci', 'acme_host', 'mlx5_vfio_pci'],
  fc.oneof(fc.constant('any' as const), fc.subarray([0, 2, 4, 9], { minLength: 1 })),
);
/** Of nothing but what built-in rows tell. */
const overruled = rowsOf(
  ['mlx5_vfio_pci', 'mlx5-vfio-pci', 'vfio-pci', 'hisi_acc_vfio_pci'],
  fc.subarray([0, 2, 4], { minLength: 1 }),
);

const mostly = fc.nat(3).map((n) => n > 0);
const kept = fc.record({ vmFlags: flag, memoryType: flag, kernelMapped: flag, backing: mostly, regions: flag });
type Kept = typeof kept extends fc.Arbitrary<infer T> ? T : never;

function sparse<T extends object>(whole: T, fields: Partial<Record<keyof T, boolean>>): T {
  return Object.fromEntries(Object.entries(whole).filter(([key]) => fields[key as keyof T] !== false)) as T;
}

/** The documents do not say everything of a device. */
function leaveOut({ manifest, target, source }: DeviceWorld, { regions, ...fields }: Kept): DeviceWorld {
  const memslots = manifest.memslots?.map((slot) => ({
    ...slot,
    mappings: slot.mappings?.map((one) => (one.device === undefined ? one : sparse(one, fields))),
  }));
  const devices = target.devices?.map((device) => (device.driver === UNKNOWN ? sparse(device, { regions }) : device));
  return { manifest: { ...manifest, memslots }, target: { ...target, devices }, source };
}

const asking = (worlds: fc.Arbitrary<DeviceWorld>) =>
  fc.tuple(worlds, kept).map(([full, fields]) => ({ ...leaveOut(full, fields), phases: PHASES }));

describe('laws of added rows', () => {
  it('what a built-in row tells is told no other way', () => {
    fc.assert(
      fc.property(asking(deviceWorld), overruled, (question, rows) => {
        expect(decide({ ...question, catalogue: catalogueWith(rows) })).toEqual(decide(question));
      }),
      { numRuns: RUNS / 4 },
    );
  });

  it('a no is never made a yes, and a yes that they make says so', () => {
    const seen = { yes: 0, no: 0 };
    const owners = deviceWorld.filter(
      ({ manifest }) => manifest.devices?.some(({ driver }) => driver === UNKNOWN) === true,
    );
    fc.assert(
      fc.property(asking(owners), added, (question, rows) => {
        const before = decide(question).outcome;
        const { outcome, derived = [] } = decide({ ...question, catalogue: catalogueWith(rows) });
        if (before !== outcome && outcome === 'incompatible') seen.no += 1;
        if (before === outcome || outcome !== 'compatible') return;
        seen.yes += 1;
        expect(before).toBe('indeterminate');
        expect(derived.some(({ from }) => from.endsWith('(added by an operator)'))).toBe(true);
      }),
      { numRuns: RUNS },
    );
    expect(Math.min(seen.yes, seen.no)).toBeGreaterThan(20);
  });
});
