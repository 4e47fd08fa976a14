import { describe, expect, it } from 'vitest';
import { failsWith, missingOf, said } from '../../../../test/support/ask.js';
import { aDeviceQuestion, aHostDevice, aVmDevice, EVERYTHING, GPU } from '../../../../test/support/builders-devices.js';
import type { DeviceMigration } from '../model/fingerprint.js';

const ID = 'vfio-dirty-tracking';

const asks = (migration: DeviceMigration, vmm?: string) =>
  aDeviceQuestion({ phases: ['source'], vm: { vmm }, source: { devices: [aHostDevice({ migration })] } });

describe(ID, () => {
  it('says no where neither the device nor its IOMMU tracks what it writes', () => {
    expect(failsWith(asks({ ...EVERYTHING, dirtyTracking: false }))).toBe(
      'source DEVICE_DIRTY_TRACKING_ABSENT no errno refused - -',
    );
  });

  it('says yes where one of them does', () => {
    expect(said(ID, asks(EVERYTHING))).toBe('pass');
  });

  it('leaves it at that where the device cannot migrate at all', () => {
    expect(said(ID, aDeviceQuestion({ vm: { devices: [aVmDevice(GPU)] }, source: undefined }))).toBe('pass');
  });

  it('does not know without the probe, nor what another VMM does', () => {
    expect(missingOf(ID, asks({ stopCopy: true }))).toEqual(['/sourceFingerprint/devices/0/migration/dirtyTracking']);
    expect(missingOf(ID, asks({ ...EVERYTHING, dirtyTracking: false }, 'crosvm'))).toEqual(['/rulebook/vmm']);
  });
});
