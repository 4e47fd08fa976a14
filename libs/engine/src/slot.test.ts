import { describe, expect, it } from 'vitest';
import { failsWith, missingOf, said } from '../../../test/support/ask.js';
import {
  aBar,
  aDevice,
  aHost,
  aManifest,
  aMapping,
  aQuestion,
  aSlot,
  gpuMemory,
  type HostGiven,
  vmOver,
} from '../../../test/support/builders.js';
import { decide } from './decide.js';
import type { DeviceRegion, HostDevice } from './model/fingerprint.js';
import type { Mapping, VmDevice } from './model/manifest.js';
import { rangeOf } from './slot.js';

const GPU: VmDevice = { name: 'gpu0', vendorDevice: '10de:2342', driver: 'nvgrace_gpu_vfio_pci' };

const UNDRIVEN: VmDevice = { name: 'gpu0', vendorDevice: '10de:2342' };

const CACHEABLE: DeviceRegion = { index: 4, vmFlags: ['pfnmap', 'io', 'shared'], memoryType: 'normal' };
const UNCACHED: DeviceRegion = {
  index: 4,
  vmFlags: ['pfnmap', 'io', 'shared', 'allow-any-uncached'],
  memoryType: 'normal-nc',
};
const BAR0: DeviceRegion = { ...UNCACHED, index: 0, memoryType: 'device-nGnRnE' };

const owned = (given: Partial<Mapping> = {}) => gpuMemory({ device: 'gpu0', region: 4, ...given });

const asks = (
  mapping: Mapping,
  devices: readonly HostDevice[] | undefined,
  host: HostGiven = {},
  vmDevices: readonly VmDevice[] | undefined = [GPU],
) =>
  aQuestion({
    manifest: aManifest({ memslots: [aSlot({ slot: 7, mappings: [mapping] })], devices: vmDevices }),
    target: aHost({ devices, ...host }),
  });

const WITHOUT: HostGiven = { dic: false };
const NO = 'memslot CACHEABLE_PFNMAP_UNSUPPORTED EINVAL refused 7 0';

describe('a mapping that names a device', () => {
  it("is judged by the target's region, not by the one it has now", () => {
    expect(failsWith(asks(owned(), [aDevice([CACHEABLE])], WITHOUT))).toBe(NO);
    expect(decide(asks(owned(), [aDevice([UNCACHED])], WITHOUT))).toMatchObject({
      outcome: 'compatible',
      memslots: [{ fault: 'ok', stage2: 'normal-nc' }],
    });
  });

  it('can be worse off there than it is now', () => {
    const uncachedNow = owned({ memoryType: 'normal-nc' });
    expect(failsWith(asks(uncachedNow, [aDevice([CACHEABLE])], WITHOUT))).toBe(NO);
  });

  it('finds its region by index, and its device by vendor and device id', () => {
    const other = aDevice([UNCACHED], '10de:2345');
    expect(failsWith(asks(owned(), [other, aDevice([BAR0, CACHEABLE])], WITHOUT))).toBe(NO);
  });

  it('is judged when the guest touches it too', () => {
    const memslots = [aSlot({ mappingsAtFault: [owned()] })];
    const manifest = aManifest({ memslots, devices: [GPU] });
    const target = (region: DeviceRegion) => aHost({ ...WITHOUT, devices: [aDevice([region])] });
    expect(failsWith(aQuestion({ manifest, target: target(CACHEABLE) }))).toBe(
      'fault CACHEABLE_PFNMAP_FAULT EFAULT late 0 0',
    );
    expect(failsWith(aQuestion({ manifest, target: target(UNCACHED) }))).toBe('nothing fails');
  });

  it('keeps its own facts where the target has looked and has no such device', () => {
    expect(failsWith(asks(owned(), [], WITHOUT))).toBe(NO);
    expect(failsWith(asks(owned(), [aDevice([UNCACHED], '10de:2345')], WITHOUT))).toBe(NO);
  });

  it('keeps its backing and its pages, where no driver tells them', () => {
    const host: HostGiven = { mode: 'protected', mte: false };
    const question = asks(owned({ kernelMapped: undefined }), [aDevice([CACHEABLE])], host, [UNDRIVEN]);
    expect(missingOf('pkvm-cacheable-device-memory', question)).toEqual([
      '/manifest/memslots/0/mappings/0/kernelMapped',
    ]);
  });

  it.each<[string, ReturnType<typeof asks>, string]>([
    ['the target has not looked', asks(owned(), undefined, WITHOUT), '/fingerprint/devices'],
    [
      'the device has no regions listed',
      asks(owned(), [aDevice(undefined)], WITHOUT),
      '/fingerprint/devices/0/regions',
    ],
    ['the region is not among them', asks(owned(), [aDevice([BAR0])], WITHOUT), '/fingerprint/devices/0/regions'],
    [
      'the mapping names no region',
      asks(owned({ region: undefined }), [aDevice([CACHEABLE])], WITHOUT),
      '/fingerprint/devices/0/regions',
    ],
    [
      'the device is not told',
      asks(owned(), [aDevice([CACHEABLE])], WITHOUT, [{ name: 'gpu0' }]),
      '/manifest/devices/0/vendorDevice',
    ],
    ['the VM does not list it', asks(owned(), [aDevice([CACHEABLE])], WITHOUT, []), '/manifest/devices'],
  ])('is in doubt where %s', (_what, question, missing) => {
    expect(said('cacheable-pfnmap', question)).toBe('unknown');
    expect(missingOf('cacheable-pfnmap', question)).toContain(missing);
    expect(decide(question).outcome).toBe('indeterminate');
  });

  it("names what the target's region does not tell", () => {
    const halfTold = asks(owned(), [aDevice([BAR0, { index: 4, vmFlags: ['pfnmap'] }])], WITHOUT);
    expect(missingOf('cacheable-pfnmap', halfTold)).toEqual(['/fingerprint/devices/0/regions/1/memoryType']);
    const flagless = asks(owned(), [aDevice([{ index: 4, memoryType: 'normal' }])], WITHOUT);
    expect(missingOf('cacheable-pfnmap', flagless)).toEqual(['/fingerprint/devices/0/regions/0/vmFlags']);
  });

  it('does not ask where it does not matter', () => {
    expect(said('cacheable-pfnmap', asks(owned(), undefined))).toBe('pass');
  });
});

describe('a mapping that names none', () => {
  it('keeps its own facts', () => {
    const question = asks(gpuMemory({ region: 4 }), [aDevice([UNCACHED])], WITHOUT);
    expect(failsWith(question)).toBe(NO);
    expect(decide(aQuestion({ manifest: vmOver(aBar()), target: aHost({ devices: undefined }) })).outcome).toBe(
      'compatible',
    );
  });
});

describe('backing', () => {
  it('outranks what the manifest says of where the pages are: the target makes RAM afresh', () => {
    const question = aQuestion({
      manifest: vmOver(aMapping({ kernelMapped: false })),
      target: aHost({ generation: 'normal-nc' }),
    });
    expect(decide(question)).toMatchObject({ outcome: 'compatible', memslots: [{ stage2: 'normal-wb' }] });
  });
});

describe('rangeOf', () => {
  it.each([
    [0x8000000000n, 0x1800000000n, '0x8000000000-0x97ffffffff'],
    [0n, 1n, '0x0-0x0'],
    [0x1000n, 0n, '0x1000-0x1000'],
    [2n ** 64n - 1n, 1n, '0xffffffffffffffff-0xffffffffffffffff'],
  ])('writes %s with %s bytes as the kernel does', (gpa, size, range) => {
    expect(rangeOf(gpa, size)).toBe(range);
  });
});
