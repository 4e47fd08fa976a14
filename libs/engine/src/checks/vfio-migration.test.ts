import { describe, expect, it } from 'vitest';
import { failsWith, findingsOf, missingOf, said } from '../../../../test/support/ask.js';
import {
  aDeviceQuestion,
  aHostDevice,
  aVmDevice,
  EVERYTHING,
  GPU,
  VENDOR,
} from '../../../../test/support/builders-devices.js';
import type { HostDevice } from '../model/fingerprint.js';
import type { VmDevice } from '../model/manifest.js';

const ID = 'vfio-migration';
const NO = 'source DEVICE_NOT_MIGRATABLE ENOTTY refused - -';

const asks = (device: Partial<VmDevice>, devices: readonly HostDevice[] | undefined | 'no source' = 'no source') =>
  aDeviceQuestion({
    phases: ['source'],
    vm: { devices: [aVmDevice(device)] },
    source: devices === 'no source' ? undefined : { devices },
  });

const cannot = { migration: { ...EVERYTHING, stopCopy: false } };

describe(ID, () => {
  it.each(['nvgrace_gpu_vfio_pci', 'vfio-pci', 'vfio_pci', 'vfio-platform', 'vfio-cdx', 'vfio-fsl-mc'])(
    'says no to %s, whatever is known of the source',
    (driver) => {
      expect(failsWith(asks({ driver }))).toBe(NO);
      expect(failsWith(asks({ driver }, undefined))).toBe(NO);
      expect(failsWith(asks({ driver }, []))).toBe(NO);
      expect(failsWith(asks({ driver }, [aHostDevice({ driver, migration: { stopCopy: false } })]))).toBe(NO);
    },
  );

  it('says what can be done for a GPU that cannot move', () => {
    const [finding] = findingsOf(ID, asks({ name: 'gpu0', ...GPU }));
    expect(finding).toMatchObject({ device: 'gpu0', side: 'source', errno: 'ENOTTY', sourceOutcome: 'unaffected' });
    expect(finding?.remedy).toMatch(/Detach.*shut the VM down and start it there/);
  });

  it('goes by the driver that the VM names where the source names none', () => {
    const unnamed = { ...aHostDevice(GPU), driver: undefined, migration: undefined };
    expect(failsWith(asks(GPU, [unnamed]))).toBe(NO);
  });

  it('says yes where all that it could be can, and one of them is sure to be of its kind', () => {
    expect(said(ID, asks({}, [aHostDevice(), aHostDevice({ driver: undefined })]))).toBe('pass');
  });

  it('says no to a device that the source has probed in vain, and yes to one that it has not', () => {
    expect(failsWith(asks({}, [aHostDevice(cannot)]))).toBe(NO);
    expect(said(ID, asks({}, [aHostDevice()]))).toBe('pass');
    expect(said(ID, asks(VENDOR, [aHostDevice(VENDOR)]))).toBe('pass');
  });

  it('takes no yes from the catalogue: it does not know of firmware', () => {
    expect(said(ID, asks({}))).toBe('unknown');
    expect(missingOf(ID, asks({}))).toEqual(['/sourceFingerprint/devices']);
    expect(missingOf(ID, asks(VENDOR, undefined))).toEqual(['/sourceFingerprint/devices']);
  });

  it.each<[string, readonly HostDevice[], readonly string[]]>([
    ['has no such device', [aHostDevice({ vendorDevice: '10de:0001' })], ['/sourceFingerprint/devices']],
    ['has it with another driver', [aHostDevice({ driver: 'mlx5_core' })], ['/sourceFingerprint/devices']],
    ['has not probed it', [aHostDevice({ migration: undefined })], ['/sourceFingerprint/devices/0/migration']],
    ['has not probed this', [aHostDevice({ migration: {} })], ['/sourceFingerprint/devices/0/migration/stopCopy']],
    ['does not say which it is', [aHostDevice(), aHostDevice(cannot)], ['/sourceFingerprint/devices']],
    [
      'does not say what it is',
      [aHostDevice({ vendorDevice: undefined })],
      ['/sourceFingerprint/devices/0/vendorDevice'],
    ],
    [
      'has not probed any of two',
      [aHostDevice({ migration: undefined }), aHostDevice({ migration: {} })],
      ['/sourceFingerprint/devices/0/migration', '/sourceFingerprint/devices/1/migration/stopCopy'],
    ],
    [
      'has not probed the other',
      [aHostDevice(), aHostDevice({ migration: {} })],
      ['/sourceFingerprint/devices/1/migration/stopCopy'],
    ],
    ['does not say who has it', [aHostDevice({ driver: undefined })], ['/sourceFingerprint/devices/0/driver']],
  ])('does not know where the source %s', (_what, devices, missing) => {
    expect(said(ID, asks({}, devices))).toBe('unknown');
    expect(missingOf(ID, asks({}, devices))).toEqual(missing);
  });

  it('does not know where the manifest does not say what the device is', () => {
    expect(missingOf(ID, asks({ vendorDevice: undefined }, [aHostDevice()]))).toEqual([
      '/manifest/devices/0/vendorDevice',
    ]);
    expect(missingOf(ID, asks({ driver: undefined }, [aHostDevice()]))).toEqual(['/manifest/devices/0/driver']);
  });

  it('does not know which is wrong where the probe and the catalogue differ', () => {
    const question = asks(GPU, [aHostDevice({ ...GPU, migration: EVERYTHING })]);
    expect(said(ID, question)).toBe('unknown');
    expect(missingOf(ID, question)).toEqual(['/sourceFingerprint/devices/0/migration/stopCopy']);
  });

  it('is asked of each device', () => {
    const devices = [aVmDevice({ name: 'a', ...GPU }), aVmDevice({ name: 'b', ...GPU })];
    const found = findingsOf(ID, aDeviceQuestion({ vm: { devices }, source: undefined }));
    expect(found.map(({ device }) => device)).toEqual(['a', 'b']);
  });

  it('is asked of each device under every generation that the target could have', () => {
    const devices = [aVmDevice({ name: 'a', ...GPU }), aVmDevice({ name: 'b', ...GPU })];
    const target = { release: undefined, cap243: undefined, guestMemfd: undefined };
    const found = findingsOf(ID, aDeviceQuestion({ vm: { devices }, target, source: undefined }));
    expect(found.map(({ device, severity }) => [device, severity])).toEqual([
      ['a', 'reject'],
      ['b', 'reject'],
    ]);
  });
});
