import { describe, expect, it } from 'vitest';
import { findingsOf, said } from '../../../../test/support/ask.js';
import { aMapping, aSlot, GIB, gpuMemory } from '../../../../test/support/builders.js';
import {
  aDeviceQuestion,
  aHostDevice,
  aVmDevice,
  CACHEABLE_REGION,
  GPU,
  VENDOR,
} from '../../../../test/support/builders-devices.js';
import { catalogueWith } from '../catalogue/catalogue.js';
import type { DeviceRegion, HostDevice } from '../model/fingerprint.js';
import type { Mapping } from '../model/manifest.js';

const ID = 'derived-facts';

/** GPU memory of which the manifest says whose it is, and nothing else. */
const BARE: Mapping = { offset: 0n, size: GIB, device: 'gpu0', region: 4, backing: 'vfio', protection: 'rw' };
const aGpu = (given: Partial<HostDevice> = {}): HostDevice => ({ vendorDevice: GPU.vendorDevice, ...given });

const asks = (
  devices: readonly HostDevice[] | undefined,
  mapping: Partial<Mapping> = {},
  driver: string = GPU.driver,
) =>
  aDeviceQuestion({
    phases: ['policy'],
    vm: { devices: [aVmDevice({ name: 'gpu0', ...GPU, driver })], mappings: [{ ...BARE, ...mapping }] },
    target: { devices },
  });

describe(ID, () => {
  it('warns where another driver on the target would derive another memory type', () => {
    const question = asks([aGpu({ driver: 'vfio-pci' })]);
    expect(findingsOf(ID, question)).toMatchObject([
      {
        severity: 'warn',
        phase: 'policy',
        device: 'gpu0',
        actual: {
          facts: [
            { at: '/manifest/memslots/1/mappings/0/vmFlags' },
            { at: '/manifest/memslots/1/mappings/0/memoryType', own: 'normal', target: 'device-nGnRnE' },
          ],
        },
      },
    ]);
  });

  it('warns where the target states otherwise what the driver tells', () => {
    const region = { ...CACHEABLE_REGION, vmFlags: ['pfnmap', 'io', 'shared', 'allow-any-uncached'] } as const;
    const stated = aGpu({ driver: GPU.driver, regions: [region] });
    const [finding] = findingsOf(ID, asks([stated]));
    expect(finding?.actual).toMatchObject({ facts: [{ at: '/manifest/memslots/1/mappings/0/vmFlags' }] });
  });

  it.each([
    ['pfnmap', ['io', 'shared']],
    ['mixedmap', ['pfnmap', 'io', 'shared', 'mixedmap']],
    ['mte-allowed', ['pfnmap', 'io', 'shared', 'mte-allowed']],
    ['allow-any-uncached', ['pfnmap', 'io', 'shared', 'allow-any-uncached']],
  ] as const)('warns where %s alone is otherwise, which KVM reads', (_flag, vmFlags) => {
    const region = { ...CACHEABLE_REGION, vmFlags };
    expect(said(ID, asks([aGpu({ driver: VENDOR.driver, regions: [region] })]))).toBe('warn');
  });

  it('says nothing of a flag that KVM does not read, or that the target disputes with its own driver', () => {
    const withFlags = (driver: string, vmFlags: DeviceRegion['vmFlags']) =>
      asks([aGpu({ driver, regions: [{ ...CACHEABLE_REGION, vmFlags }] })]);
    expect(said(ID, withFlags(VENDOR.driver, ['pfnmap', 'shared']))).toBe('pass');
    expect(said(ID, withFlags(VENDOR.driver, undefined))).toBe('pass');
    expect(said(ID, withFlags(GPU.driver, ['io', 'shared']))).toBe('pass');
  });

  it('names no type of the target where its driver has several, none of them cacheable', () => {
    const catalogue = catalogueWith([
      {
        id: 'uncached in two ways',
        drivers: [VENDOR.driver],
        regions: [4],
        vmFlags: ['pfnmap', 'io', 'shared'],
        memoryTypes: ['normal-nc', 'device-nGnRE'],
        kernelMapped: false,
        perPteProt: false,
        since: undefined,
        cite: 'a driver that is not in the kernel',
      },
    ]);
    const [finding] = findingsOf(ID, { ...asks([aGpu({ driver: VENDOR.driver })]), catalogue });
    expect(finding?.actual).toMatchObject({ facts: [{ own: 'normal', target: null }] });
  });

  it('asks of each mapping, also where another leaves out nothing', () => {
    const question = asks([aGpu({ driver: 'vfio-pci' })]);
    const whole = gpuMemory({ device: 'gpu0', region: 4 });
    const memslots = [aSlot({ mappings: [whole] }), aSlot({ slot: 1, gpa: 8n * GIB, mappings: [BARE] })];
    expect(said(ID, { ...question, manifest: { ...question.manifest, memslots } })).toBe('warn');
  });

  it('asks of what stands there when the guest runs, too', () => {
    const question = asks([aGpu({ driver: 'vfio-pci' })]);
    const slot = aSlot({ slot: 1, gpa: 8n * GIB, mappings: [aMapping()], mappingsAtFault: [BARE] });
    const manifest = { ...question.manifest, memslots: [aSlot(), slot] };
    expect(said(ID, { ...question, manifest })).toBe('warn');
  });

  it('says nothing where the target derives the same, or has one device that does', () => {
    const same = aGpu({ driver: GPU.driver });
    expect(said(ID, asks([same]))).toBe('pass');
    expect(said(ID, asks([aGpu({ driver: 'vfio-pci' }), same]))).toBe('pass');
    expect(said(ID, asks([aGpu({ driver: GPU.driver, regions: [CACHEABLE_REGION] })]))).toBe('pass');
  });

  it('says nothing where the manifest states it, whatever the target has', () => {
    const { vmFlags, memoryType, kernelMapped } = gpuMemory();
    expect(said(ID, asks([aGpu({ driver: 'vfio-pci' })], { vmFlags, memoryType, kernelMapped }))).toBe('pass');
  });

  it('counts each fact by itself', () => {
    const { vmFlags } = gpuMemory();
    const [finding] = findingsOf(ID, asks([aGpu({ driver: 'vfio-pci' })], { vmFlags }));
    expect(finding?.actual).toMatchObject({ facts: [{ at: '/manifest/memslots/1/mappings/0/memoryType' }] });
  });

  it('leaves to other checks what cannot be told', () => {
    expect(said(ID, asks(undefined))).toBe('pass');
    expect(said(ID, asks([]))).toBe('pass');
    expect(said(ID, asks([aGpu()]))).toBe('pass');
    expect(said(ID, asks([aHostDevice()]))).toBe('pass');
    expect(said(ID, asks([aGpu({ driver: VENDOR.driver })], {}, VENDOR.driver))).toBe('pass');
    const undisclosed = { ...asks(undefined), phases: ['device'] as const };
    expect(said('device-present', undisclosed)).toBe('unknown');
  });
});
