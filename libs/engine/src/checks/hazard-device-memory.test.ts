import { describe, expect, it } from 'vitest';
import { failsWith, findingsOf, missingOf, said, saidAlone } from '../../../../test/support/ask.js';
import { gpuMemory, type HostGiven } from '../../../../test/support/builders.js';
import {
  aDeviceQuestion,
  aHostDevice,
  aVmDevice,
  BAR_REGION,
  NIC,
  nicMemory,
} from '../../../../test/support/builders-devices.js';
import { decide } from '../decide.js';
import type { Mapping } from '../model/manifest.js';

const asks = (mapping: Mapping, driver: string = NIC.driver, target: HostGiven = { devices: [] }) =>
  aDeviceQuestion({
    phases: ['memslot', 'fault'],
    vm: { devices: [aVmDevice({ driver })], mappings: [mapping] },
    target,
  });

describe('hazard-mmio-cacheable', () => {
  const ID = 'hazard-mmio-cacheable';

  it('says no to a BAR that a manifest claims to be cacheable', () => {
    const claimed = asks(nicMemory({ memoryType: 'normal' }));
    expect(failsWith(claimed)).toBe('fault MMIO_CLAIMED_CACHEABLE no errno silent 1 0');
    expect(said(ID, { ...claimed, policy: 'kernel' })).toBe('warn');
  });

  it('says no to a region that a fingerprint claims to be', () => {
    const region = { ...BAR_REGION, memoryType: 'normal' } as const;
    const target = { devices: [aHostDevice({ regions: [region] })] };
    expect(said(ID, asks(nicMemory(), NIC.driver, target))).toBe('reject');
  });

  it('says yes to what the driver gives, and to what the catalogue does not know', () => {
    expect(said(ID, asks(nicMemory()))).toBe('pass');
    expect(said(ID, asks(nicMemory({ memoryType: 'device-nGnRE' })))).toBe('pass');
    expect(said(ID, asks(nicMemory({ memoryType: undefined })))).toBe('pass');
    expect(said(ID, asks(nicMemory({ memoryType: 'normal' }), 'acme_vfio_pci'))).toBe('pass');
    expect(said(ID, asks(nicMemory({ memoryType: 'normal', region: 4 }), 'nvgrace_gpu_vfio_pci'))).toBe('pass');
  });

  it('leaves the type in doubt', () => {
    const question = asks(nicMemory({ memoryType: 'normal' }), NIC.driver, { devices: [], fwb: false });
    expect(missingOf('cacheable-pfnmap', question)).toEqual(['/manifest/memslots/1/mappings/0/memoryType']);
  });
});

describe('hazard-platform-uncached', () => {
  const ID = 'hazard-platform-uncached';

  it('warns of a platform device that is mapped so that its stores may be buffered', () => {
    expect(findingsOf(ID, asks(nicMemory(), 'vfio-platform'))).toMatchObject([{ severity: 'warn', failure: 'silent' }]);
  });

  it('says nothing of one that is not, of PCI, or on a kernel that does not read the flag', () => {
    expect(said(ID, asks(nicMemory({ vmFlags: ['pfnmap', 'io', 'shared'] }), 'vfio-platform'))).toBe('pass');
    expect(said(ID, asks(nicMemory()))).toBe('pass');
    expect(said(ID, asks(nicMemory(), 'vfio-platform', { devices: [], generation: 'device-only' }))).toBe('pass');
  });

  it('leaves a fetch to the abort that it gets', () => {
    expect(saidAlone(ID, asks(nicMemory({ access: ['execute'] }), 'vfio-platform'))).toBe('pass');
  });
});

describe('hazard-per-pte-prot', () => {
  const ID = 'hazard-per-pte-prot';
  const vram = (given: Partial<Mapping> = {}) => gpuMemory({ backing: 'device', device: 'nic0', ...given });

  it('warns of a driver whose pages need not have the type of their VMA', () => {
    expect(findingsOf(ID, asks(vram(), 'amdgpu'))).toMatchObject([{ severity: 'warn', failure: 'silent', slot: 1 }]);
    expect(decide(asks(vram(), 'amdgpu'))).toMatchObject({
      outcome: 'compatible',
      memslots: [{}, { stage2: 'normal-wb' }],
    });
    expect(said(ID, asks(vram(), 'hisi_sec2'))).toBe('warn');
  });

  it("goes by the target's driver where the manifest names none", () => {
    const target = { devices: [aHostDevice({ driver: 'amdgpu', regions: [{ ...BAR_REGION, memoryType: 'normal' }] })] };
    const question = asks(vram({ region: 0 }), NIC.driver, target);
    const devices = [{ name: 'nic0', vendorDevice: NIC.vendorDevice }];
    expect(said(ID, { ...question, manifest: { ...question.manifest, devices } })).toBe('warn');
  });

  it('says nothing of RAM, of other drivers, or on a kernel that maps no VMA cacheable', () => {
    expect(said(ID, asks(vram({ kernelMapped: true }), 'amdgpu'))).toBe('pass');
    expect(said(ID, asks(vram(), 'acme_vfio_pci'))).toBe('pass');
    expect(said(ID, asks(vram(), 'amdgpu', { devices: [], generation: 'normal-nc' }))).toBe('pass');
  });

  it('gives way to the refusal where FWB or DIC is missing', () => {
    const question = asks(vram(), 'amdgpu', { devices: [], fwb: false });
    expect(failsWith(question)).toBe('memslot CACHEABLE_PFNMAP_UNSUPPORTED EINVAL refused 1 0');
    expect(said(ID, question)).toBe('pass');
  });
});
