import { describe, expect, it } from 'vitest';
import { failsWith, findingsOf, missingOf, said } from '../../../../test/support/ask.js';
import { aDeviceQuestion, aHostDevice, aVmDevice, VENDOR } from '../../../../test/support/builders-devices.js';

const ID = 'vfio-viommu';
const asks = (viommu: boolean | undefined, vmm = 'qemu') =>
  aDeviceQuestion({ phases: ['source'], vm: { vmm, devices: [aVmDevice({ viommu })] } });

describe(ID, () => {
  it('says no to a device behind a vIOMMU under QEMU, and to that one alone', () => {
    expect(failsWith(asks(true))).toBe('source VIOMMU_NOT_MIGRATABLE no errno refused - -');
    const two = aDeviceQuestion({
      phases: ['source'],
      vm: { devices: [aVmDevice(), aVmDevice({ name: 'nic1', viommu: true, ...VENDOR })] },
      source: { devices: [aHostDevice(), aHostDevice(VENDOR)] },
    });
    expect(findingsOf(ID, two).map(({ device }) => device)).toEqual(['nic1']);
  });

  it('says yes without a vIOMMU, and to a manifest that does not speak of one', () => {
    expect([said(ID, asks(false)), said(ID, asks(undefined))]).toEqual(['pass', 'pass']);
  });

  it('leaves a device without any migration to the check of that', () => {
    const never = { devices: [aHostDevice({ migration: { stopCopy: false } })] };
    const question = aDeviceQuestion({
      phases: ['source'],
      vm: { devices: [aVmDevice({ viommu: true })] },
      source: never,
    });
    expect([said(ID, question), said('vfio-migration', question)]).toEqual(['pass', 'reject']);
  });

  it('does not know without the VMM, nor what another VMM does', () => {
    const untold = asks(true);
    const manifest = { ...untold.manifest, vmm: undefined };
    expect(missingOf(ID, { ...untold, manifest })).toEqual(['/manifest/vmm/name']);
    expect(missingOf(ID, asks(true, 'cloud-hypervisor'))).toEqual(['/rulebook/vmm']);
  });
});
