import { describe, expect, it } from 'vitest';
import { findingsOf, said } from '../../../../test/support/ask.js';
import { ACCELERATOR, aDeviceQuestion, aVmDevice, GPU, VENDOR } from '../../../../test/support/builders-devices.js';
import { decide } from '../decide.js';
import type { VmDevice } from '../model/manifest.js';

const ID = 'driver-state';
const asks = (device: Partial<VmDevice>) =>
  aDeviceQuestion({ phases: ['device'], vm: { devices: [aVmDevice(device)] } });

describe(ID, () => {
  it('names what only the driver can judge, and changes no outcome', () => {
    expect(findingsOf(ID, asks(ACCELERATOR))).toMatchObject([
      { severity: 'warn', errno: 'EINVAL', failure: 'refused', sourceOutcome: 'resumed', device: 'nic0' },
    ]);
    expect(findingsOf(ID, asks(ACCELERATOR))[0]?.message).toMatch(/number of queue pairs/);
    expect(decide(aDeviceQuestion()).outcome).toBe('compatible');
  });

  it('says nothing of a driver without migration, nor of one that it does not know', () => {
    expect(said(ID, asks(GPU))).toBe('pass');
    expect(said(ID, asks(VENDOR))).toBe('pass');
    expect(said(ID, asks({ driver: undefined }))).toBe('pass');
  });
});
