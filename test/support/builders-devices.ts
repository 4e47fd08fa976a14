// Questions about assigned devices, on top of `builders`. By default a VM owns one migratable NIC, each side has one of them with
// everything probed, and nothing is against the move; a test says only what differs.
import type {
  DeviceMigration,
  DeviceRegion,
  Fingerprint,
  HostDevice,
  Manifest,
  Mapping,
  Phase,
  Question,
  VmDevice,
} from '@berth/engine';
import { aBar, aHost, aManifest, aSlot, GIB, gpuMemory, type HostGiven, type VmGiven } from './builders.js';

export const DEVICE_PHASES: readonly Phase[] = ['source', 'device'];
/** Those, and what a device's memory is asked. */
export const DEVICE_AND_MEMORY: readonly Phase[] = ['policy', 'source', 'vm', 'memslot', 'device', 'fault'];

export const NIC = { vendorDevice: '15b3:101e', driver: 'mlx5_vfio_pci' } as const;
export const GPU = { vendorDevice: '10de:2342', driver: 'nvgrace_gpu_vfio_pci' } as const;
export const ACCELERATOR = { vendorDevice: '19e5:a251', driver: 'hisi_acc_vfio_pci' } as const;
/** A driver that no catalogue knows. */
export const VENDOR = { vendorDevice: '1d0f:efa0', driver: 'acme_vfio_pci' } as const;

export const EVERYTHING: DeviceMigration = { stopCopy: true, p2p: true, preCopy: true, dirtyTracking: true };

export const BAR_REGION: DeviceRegion = {
  index: 0,
  vmFlags: ['pfnmap', 'io', 'shared', 'allow-any-uncached'],
  memoryType: 'device-nGnRnE',
};
export const CACHEABLE_REGION: DeviceRegion = { index: 4, vmFlags: ['pfnmap', 'io', 'shared'], memoryType: 'normal' };

export function aHostDevice(given: Partial<HostDevice> = {}): HostDevice {
  return { ...NIC, migration: EVERYTHING, regions: [BAR_REGION], ...given };
}

export function aVmDevice(given: Partial<VmDevice> = {}): VmDevice {
  return { name: 'nic0', ...NIC, ...given };
}

/** The NIC's BAR, as the VM has it. */
export function nicMemory(given: Partial<Mapping> = {}): Mapping {
  return aBar({ device: 'nic0', region: 0, ...given });
}

/** Device memory that is cacheable, of a device called `gpu0`. */
export function ownedGpuMemory(given: Partial<Mapping> = {}): Mapping {
  return gpuMemory({ device: 'gpu0', region: 4, ...given });
}

export interface DeviceVmGiven extends Omit<VmGiven, 'vmm'> {
  readonly vmm?: string | undefined;
  /** What stands under a slot beside the RAM. */
  readonly mappings?: readonly Mapping[];
}

export function aDeviceVm({ vmm, mappings, ...given }: DeviceVmGiven = {}): Manifest {
  const memslots = [aSlot(), aSlot({ slot: 1, gpa: 8n * GIB, mappings: mappings ?? [nicMemory()] })];
  const manifest = aManifest({ devices: [aVmDevice()], memslots, ...given });
  return { ...manifest, vmm: { name: vmm ?? 'qemu' } };
}

export interface DeviceQuestionGiven {
  readonly vm?: DeviceVmGiven;
  readonly target?: HostGiven;
  readonly source?: HostGiven | undefined;
  readonly phases?: readonly Phase[];
}

export function aDeviceQuestion(given: DeviceQuestionGiven = {}): Question {
  const host = (facts: HostGiven): Fingerprint => aHost({ devices: [aHostDevice()], ...facts });
  const source = 'source' in given ? given.source : {};
  return {
    manifest: aDeviceVm(given.vm),
    target: host(given.target ?? {}),
    ...(source === undefined ? {} : { source: host(source) }),
    phases: given.phases ?? DEVICE_PHASES,
  };
}
