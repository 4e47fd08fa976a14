import { describe, expect, it } from 'vitest';
import { failsWith, findingsOf, missingOf, said } from '../../../../test/support/ask.js';
import {
  aDeviceQuestion,
  aHostDevice,
  aVmDevice,
  CACHEABLE_REGION,
  EVERYTHING,
  GPU,
  nicMemory,
  ownedGpuMemory,
  VENDOR,
} from '../../../../test/support/builders-devices.js';
import { decide } from '../decide.js';
import type { DeviceRegion, HostDevice } from '../model/fingerprint.js';
import type { Mapping, VmDevice } from '../model/manifest.js';

const twins = [aVmDevice(), aVmDevice({ name: 'nic1' })];

const asks = (devices: readonly HostDevice[] | undefined, own: readonly VmDevice[] = [aVmDevice()]) =>
  aDeviceQuestion({ phases: ['device'], vm: { devices: own }, target: { devices } });

const doubts = (check: string, question: ReturnType<typeof asks>, ...missing: readonly string[]) => {
  expect(said(check, question)).toBe('unknown');
  expect(missingOf(check, question)).toEqual(missing);
};

describe('device-present', () => {
  const NO = 'device DEVICE_ABSENT ENODEV refused - -';

  it('says no where the target has no such device, or too few of them', () => {
    expect(failsWith(asks([]))).toBe(NO);
    expect(failsWith(asks([aHostDevice({ vendorDevice: '15b3:1021' })]))).toBe(NO);
    const found = findingsOf('device-present', asks([aHostDevice()], twins));
    expect(found).toMatchObject([{ device: 'nic1', severity: 'reject', actual: { wanted: 2, found: 1 } }]);
  });

  it('says yes where it has one for each', () => {
    expect(said('device-present', asks([aHostDevice()]))).toBe('pass');
    expect(said('device-present', asks([aHostDevice(), aHostDevice()], twins))).toBe('pass');
  });

  it('does not know without the devices, or what one of them is', () => {
    doubts('device-present', asks(undefined), '/fingerprint/devices');
    doubts('device-present', asks([aHostDevice({ vendorDevice: undefined })]), '/fingerprint/devices/0/vendorDevice');
    doubts('device-present', asks([aHostDevice()], [{ name: 'nic0' }]), '/manifest/devices/0/vendorDevice');
    const half = [aHostDevice(), aHostDevice({ vendorDevice: undefined })];
    doubts('device-present', asks(half, twins), '/fingerprint/devices/1/vendorDevice');
  });

  it('does not mind another that is not told where there is one already', () => {
    expect(said('device-present', asks([aHostDevice(), aHostDevice({ vendorDevice: undefined })]))).toBe('pass');
  });
});

describe('device-driver', () => {
  it('says no where another driver has the device, and says it once', () => {
    const question = asks([aHostDevice({ driver: 'mlx5_core', migration: undefined })]);
    expect(failsWith(question)).toBe('device DEVICE_DRIVER_DIFFERS no errno refused - -');
    expect(decide(question).findings.filter(({ severity }) => severity !== 'warn')).toHaveLength(1);
  });

  it('says yes to the same driver, however it is spelt', () => {
    expect(said('device-driver', asks([aHostDevice({ driver: 'mlx5-vfio-pci' })]))).toBe('pass');
    expect(said('device-driver', asks([aHostDevice({ driver: 'mlx5_core' }), aHostDevice()]))).toBe('pass');
  });

  it('counts the devices of each driver apart', () => {
    const own = [aVmDevice(), aVmDevice({ name: 'other', driver: 'acme_vfio_pci' })];
    const hosts = [aHostDevice({ driver: 'acme_vfio_pci' }), aHostDevice()];
    expect(said('device-driver', asks(hosts, own))).toBe('pass');
    expect(findingsOf('device-driver', asks([aHostDevice(), aHostDevice()], own))).toMatchObject([{ device: 'other' }]);
  });

  it('does not know without either driver', () => {
    doubts('device-driver', asks([aHostDevice({ driver: undefined })]), '/fingerprint/devices/0/driver');
    doubts('device-driver', asks([aHostDevice()], [aVmDevice({ driver: undefined })]), '/manifest/devices/0/driver');
  });
});

describe('device-migration', () => {
  const NO = 'device DEVICE_MIGRATION_UNSUPPORTED ENOTTY refused - -';

  it('says no where the device of the target cannot migrate', () => {
    expect(failsWith(asks([aHostDevice({ migration: { stopCopy: false } })]))).toBe(NO);
    expect(failsWith(asks([aHostDevice({ ...GPU, migration: undefined })], [aVmDevice(GPU)]))).toBe(NO);
  });

  it('says yes where it can, however old the kernel calls itself', () => {
    expect(said('device-migration', asks([aHostDevice()]))).toBe('pass');
    const xe = { driver: 'xe_vfio_pci' };
    expect(said('device-migration', asks([aHostDevice(xe)], [aVmDevice(xe)]))).toBe('pass');
  });

  it('needs one that can for each', () => {
    const hosts = [aHostDevice(), aHostDevice({ migration: { stopCopy: false } })];
    expect(said('device-migration', asks(hosts))).toBe('pass');
    expect(findingsOf('device-migration', asks(hosts, twins))).toMatchObject([{ device: 'nic1', severity: 'reject' }]);
  });

  it('does not know without the probe, and says since when the driver can', () => {
    const question = asks([aHostDevice({ migration: undefined })]);
    doubts('device-migration', question, '/fingerprint/devices/0/migration');
    expect(findingsOf('device-migration', question)[0]?.actual).toEqual({
      driver: 'mlx5_vfio_pci',
      migratesSince: '6.1',
    });
    doubts('device-migration', asks([aHostDevice({ migration: {} })]), '/fingerprint/devices/0/migration/stopCopy');
  });

  it('does not know which is wrong where the probe and the catalogue differ', () => {
    const question = asks([aHostDevice({ ...GPU, migration: EVERYTHING })], [aVmDevice(GPU)]);
    doubts('device-migration', question, '/fingerprint/devices/0/migration/stopCopy');
  });

  it('does not put two halves together: the one that fits is the one that can', () => {
    const question = asks([
      aHostDevice({ migration: { stopCopy: false } }),
      aHostDevice({ driver: undefined, migration: EVERYTHING }),
    ]);
    doubts('device-migration', question, '/fingerprint/devices/1/driver');
  });
});

describe('device-region', () => {
  const gpu: VmDevice = { name: 'gpu0', ...VENDOR };
  const regions = (...listed: readonly (readonly DeviceRegion[] | undefined)[]) =>
    listed.map((one) => aHostDevice({ ...VENDOR, regions: one }));
  const weak: DeviceRegion = { ...CACHEABLE_REGION, memoryType: 'normal-nc' };

  const owning = (mapping: Mapping, devices: readonly HostDevice[]) =>
    aDeviceQuestion({ phases: ['device'], vm: { devices: [gpu], mappings: [mapping] }, target: { devices } });

  it('says no to cacheable memory that would be uncached, though no kernel would', () => {
    const question = owning(ownedGpuMemory(), regions([weak]));
    expect(failsWith(question)).toBe('device DEVICE_REGION_WEAKER no errno silent - -');
    expect(decide({ ...question, policy: 'kernel' }).outcome).toBe('compatible');
    expect(said('device-region', { ...question, policy: 'kernel' })).toBe('warn');
  });

  it('says yes to a region as strong, to a stronger one, and to a device that has one of each', () => {
    expect(said('device-region', owning(ownedGpuMemory(), regions([CACHEABLE_REGION])))).toBe('pass');
    expect(said('device-region', owning(ownedGpuMemory({ memoryType: 'normal-nc' }), regions([weak])))).toBe('pass');
    expect(said('device-region', owning(ownedGpuMemory({ memoryType: 'normal-nc' }), regions([])))).toBe('pass');
    expect(said('device-region', owning(ownedGpuMemory(), regions([weak], [CACHEABLE_REGION])))).toBe('pass');
  });

  it('does not know without the region, its type or the type at the source', () => {
    doubts('device-region', owning(ownedGpuMemory(), regions(undefined)), '/fingerprint/devices/0/regions');
    doubts('device-region', owning(ownedGpuMemory(), regions([])), '/fingerprint/devices/0/regions');
    doubts(
      'device-region',
      owning(ownedGpuMemory(), regions([{ index: 4 }])),
      '/fingerprint/devices/0/regions/0/memoryType',
    );
    doubts(
      'device-region',
      owning(ownedGpuMemory({ memoryType: undefined }), regions([weak])),
      '/manifest/memslots/1/mappings/0/memoryType',
    );
    doubts(
      'device-region',
      owning(ownedGpuMemory({ region: undefined }), regions([weak])),
      '/manifest/memslots/1/mappings/0/region',
    );
  });

  it('does not know without the memory of the VM', () => {
    const vm = (memslots: undefined | []) => aDeviceQuestion({ phases: ['device'], vm: { memslots } });
    doubts('device-region', vm(undefined), '/manifest/memslots');
    expect(said('device-region', vm([]))).toBe('pass');
  });

  it('takes the types of a driver that the catalogue knows from there', () => {
    const nic = (regionsOf: readonly DeviceRegion[] | undefined) =>
      aDeviceQuestion({
        phases: ['device'],
        vm: { mappings: [nicMemory({ memoryType: undefined })] },
        target: { devices: [aHostDevice({ regions: regionsOf })] },
      });
    expect(said('device-region', nic(undefined))).toBe('pass');
  });

  it('leaves memory alone that names another device', () => {
    const question = aDeviceQuestion({
      phases: ['device'],
      vm: { devices: [gpu, aVmDevice()], mappings: [nicMemory()] },
      target: { devices: [aHostDevice(), aHostDevice({ ...VENDOR, regions: [weak] })] },
    });
    expect(said('device-region', question)).toBe('pass');
  });
});
