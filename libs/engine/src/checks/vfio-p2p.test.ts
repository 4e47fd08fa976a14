import { describe, expect, it } from 'vitest';
import { failsWith, missingOf, said } from '../../../../test/support/ask.js';
import {
  ACCELERATOR,
  aDeviceQuestion,
  aHostDevice,
  aVmDevice,
  EVERYTHING,
  GPU,
  VENDOR,
} from '../../../../test/support/builders-devices.js';
import type { HostDevice } from '../model/fingerprint.js';
import type { VmDevice } from '../model/manifest.js';

const ID = 'vfio-p2p';

const asks = (others: readonly VmDevice[], devices: readonly HostDevice[], vmm?: string) =>
  aDeviceQuestion({ phases: ['source'], vm: { devices: [aVmDevice(), ...others], vmm }, source: { devices } });

const vendor: VmDevice = { name: 'other', ...VENDOR };
const without = aHostDevice({ ...VENDOR, migration: { ...EVERYTHING, p2p: false } });

describe(ID, () => {
  it('says no to several devices of which one has no P2P', () => {
    const no = 'source DEVICES_NOT_ALL_P2P no errno refused - -';
    expect(failsWith(asks([vendor], [aHostDevice(), without]))).toBe(no);
    const accelerator = { ...EVERYTHING, p2p: undefined };
    const hosts = [aHostDevice(), aHostDevice({ ...ACCELERATOR, migration: accelerator })];
    expect(failsWith(asks([{ name: 'acc0', ...ACCELERATOR }], hosts))).toBe(no);
  });

  it('says yes to several that all have it, and to one without', () => {
    expect(said(ID, asks([vendor], [aHostDevice(), aHostDevice(VENDOR)]))).toBe('pass');
    expect(said(ID, asks([], [aHostDevice({ migration: { ...EVERYTHING, p2p: false } })]))).toBe('pass');
  });

  it('leaves it at that where one of them cannot migrate at all', () => {
    const question = asks([{ name: 'gpu0', ...GPU }], [aHostDevice()]);
    expect(said(ID, question)).toBe('pass');
    expect(said('vfio-migration', question)).toBe('reject');
  });

  it('does not know without the probe, nor what another VMM does', () => {
    const unprobed = aHostDevice({ ...VENDOR, migration: { stopCopy: true } });
    expect(missingOf(ID, asks([vendor], [aHostDevice(), unprobed]))).toEqual([
      '/sourceFingerprint/devices/1/migration/p2p',
    ]);
    expect(missingOf(ID, asks([vendor], [aHostDevice(), without], 'cloud-hypervisor'))).toEqual(['/rulebook/vmm']);
  });
});
