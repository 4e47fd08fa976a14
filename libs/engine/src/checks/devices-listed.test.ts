import { describe, expect, it } from 'vitest';
import { missingOf, said } from '../../../../test/support/ask.js';
import { aMapping, aSlot } from '../../../../test/support/builders.js';
import { aDeviceQuestion, nicMemory } from '../../../../test/support/builders-devices.js';
import type { Mapping } from '../model/manifest.js';

const over = (mapping: Mapping, devices?: []) =>
  aDeviceQuestion({ phases: ['device'], vm: { mappings: [mapping], ...(devices && { devices }) } });

const AT = '/manifest/memslots/1/mappings/0';

describe('devices-listed', () => {
  it('says yes to a list, and does not know without one', () => {
    expect(said('devices-listed', over(aMapping(), []))).toBe('pass');
    const question = aDeviceQuestion({ phases: ['device'], vm: { devices: undefined, memslots: [aSlot()] } });
    expect(missingOf('devices-listed', question)).toEqual(['/manifest/devices']);
  });
});

describe('device-named', () => {
  it('says yes to VFIO memory of a listed device, and to memory that is no device', () => {
    expect(said('device-named', over(nicMemory()))).toBe('pass');
    expect(said('device-named', over(aMapping()))).toBe('pass');
  });

  it('does not know whose VFIO memory is', () => {
    expect(missingOf('device-named', over(nicMemory({ device: undefined })))).toEqual([`${AT}/device`]);
    expect(missingOf('device-named', over(nicMemory({ device: undefined }), []))).toEqual([`${AT}/device`]);
    expect(missingOf('device-named', over(nicMemory({ device: 'other' })))).toEqual(['/manifest/devices']);
  });

  it('does not know of memory without a backing, unless the VM has no device', () => {
    const untold = aMapping({ backing: undefined });
    expect(missingOf('device-named', over(untold))).toEqual([`${AT}/backing`]);
    expect(said('device-named', over(untold, []))).toBe('pass');
  });

  it('is asked of what stands there when the guest runs, too', () => {
    const memslots = [aSlot({ mappings: [nicMemory()], mappingsAtFault: [nicMemory({ device: undefined })] })];
    const question = aDeviceQuestion({ phases: ['device'], vm: { memslots } });
    expect(missingOf('device-named', question)).toEqual(['/manifest/memslots/0/mappingsAtFault/0/device']);
  });
});
