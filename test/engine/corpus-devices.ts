// The part of the corpus that is about devices, and about what blocks at the source.
import type { Question } from '@berth/engine';
import { aGuestMemfdSlot, aManifest, aMapping, aSlot, gpuMemory } from '../support/builders.js';
import {
  ACCELERATOR,
  aDeviceQuestion,
  aHostDevice,
  aVmDevice,
  CACHEABLE_REGION,
  DEVICE_AND_MEMORY,
  type DeviceQuestionGiven,
  EVERYTHING,
  GPU,
  nicMemory,
  ownedGpuMemory,
  VENDOR,
} from '../support/builders-devices.js';
import type { Claim } from './claim.js';

const claim = (says: Claim['says']) => (check: string, given: DeviceQuestionGiven) => ({
  check,
  says,
  question: aDeviceQuestion(given),
});

const rejects = claim('reject');
const doubts = claim('unknown');
const warns = claim('warn');

const source = (given: DeviceQuestionGiven): DeviceQuestionGiven => ({ phases: ['source'], ...given });
const device = (given: DeviceQuestionGiven): DeviceQuestionGiven => ({ phases: ['device'], ...given });
const memory = (given: DeviceQuestionGiven): DeviceQuestionGiven => ({ phases: ['memslot', 'fault'], ...given });

const WITHOUT = (missing: 'p2p' | 'dirtyTracking') => aHostDevice({ migration: { ...EVERYTHING, [missing]: false } });

/** A VM with nothing but RAM, and no device. */
const plain = { devices: [], memslots: [aSlot()] } as const;

const owning = (driver: string) => ({ devices: [aVmDevice({ driver })] });
const vendorGpu = { ...VENDOR, name: 'gpu0' };

const weaker: DeviceQuestionGiven = {
  vm: { devices: [vendorGpu], mappings: [ownedGpuMemory()] },
  target: { devices: [aHostDevice({ ...VENDOR, regions: [{ ...CACHEABLE_REGION, memoryType: 'normal-nc' }] })] },
};

/** GPU memory of which the manifest says whose it is, and nothing else. */
const BARE = { offset: 0n, size: 0x1000n, device: 'gpu0', region: 4, backing: 'vfio', protection: 'rw' } as const;

const undescribed: DeviceQuestionGiven = {
  phases: ['policy'],
  vm: { devices: [aVmDevice({ name: 'gpu0', ...GPU })], mappings: [BARE] },
  target: { devices: [{ ...GPU, driver: 'vfio-pci' }] },
  source: undefined,
};

const POLICY: readonly Claim[] = [warns('derived-facts', undescribed)];

const SOURCE: readonly Claim[] = [
  doubts('source-devices-listed', source({ vm: { devices: undefined } })),
  rejects('source-realm', source({ vm: { ...plain, type: 'realm' }, source: { cca: { realmMigration: false } } })),
  rejects('source-protected-vm', source({ vm: { ...plain, type: 'protected' } })),
  rejects('source-mte', source({ vm: { ...plain, mte: true } })),
  rejects('source-guest-memfd', source({ vm: { devices: [], memslots: [aGuestMemfdSlot()] } })),
  rejects('vfio-migration', source({ vm: { devices: [aVmDevice({ name: 'gpu0', ...GPU })] }, source: undefined })),
  rejects('vfio-dirty-tracking', source({ source: { devices: [WITHOUT('dirtyTracking')] } })),
  rejects(
    'vfio-p2p',
    source({
      vm: { devices: [aVmDevice(), aVmDevice({ name: 'nic1', ...VENDOR })] },
      source: { devices: [aHostDevice(), { ...WITHOUT('p2p'), ...VENDOR }] },
    }),
  ),
  rejects('source-nested', source({ vm: { ...plain, vcpu: { hasEl2: true } } })),
  rejects('vfio-viommu', source({ vm: { devices: [aVmDevice({ viommu: true })] } })),
  warns('hazard-non-fwb-source', source({ vm: plain, source: { fwb: false } })),
];

const DEVICE: readonly Claim[] = [
  doubts('devices-listed', device({ vm: { devices: undefined, memslots: [aSlot()] } })),
  rejects('device-present', device({ target: { devices: [] } })),
  rejects('device-driver', device({ target: { devices: [aHostDevice({ driver: 'mlx5_core' })] } })),
  rejects('device-migration', device({ target: { devices: [aHostDevice({ migration: { stopCopy: false } })] } })),
  rejects('device-region', device(weaker)),
  warns('hazard-containment', device({ target: { devices: [aHostDevice()], operator: { containment: false } } })),
  warns('driver-state', device({})),
  doubts('device-named', device({ vm: { devices: [], mappings: [nicMemory({ device: undefined })] } })),
];

const HAZARDS: readonly Claim[] = [
  rejects(
    'hazard-mmio-cacheable',
    memory({ vm: { mappings: [nicMemory({ memoryType: 'normal' })] }, target: { devices: [] } }),
  ),
  warns(
    'hazard-platform-uncached',
    memory({ vm: { ...owning('vfio-platform'), mappings: [nicMemory()] }, target: { devices: [] } }),
  ),
  warns(
    'hazard-per-pte-prot',
    memory({
      vm: { ...owning('amdgpu'), mappings: [gpuMemory({ backing: 'device', device: 'nic0', region: 0 })] },
      target: { devices: [] },
    }),
  ),
];

export const DEVICE_CORPUS: readonly Claim[] = [...POLICY, ...SOURCE, ...DEVICE, ...HAZARDS];

/** Questions that little or nothing is against, and that a fact or two would turn. */
export const DEVICE_QUESTIONS: readonly Question[] = [
  aDeviceQuestion({ phases: DEVICE_AND_MEMORY }),
  aDeviceQuestion(weaker),
  aDeviceQuestion({ ...weaker, phases: DEVICE_AND_MEMORY }),
  aDeviceQuestion({ vm: { devices: [aVmDevice(ACCELERATOR)] }, source: undefined }),
  aDeviceQuestion({ vm: { devices: [aVmDevice(VENDOR)] }, source: undefined, target: { devices: undefined } }),
  aDeviceQuestion({ source: { devices: [WITHOUT('dirtyTracking')] } }),
  aDeviceQuestion({
    vm: { devices: [aVmDevice(), aVmDevice({ name: 'nic1' })] },
    target: { devices: [aHostDevice(), aHostDevice()] },
    source: { devices: [WITHOUT('p2p')] },
  }),
  aDeviceQuestion({ vm: { mte: true }, source: { fwb: false } }),
  aDeviceQuestion({ vm: { type: 'realm' }, source: { cca: { realmMigration: true } } }),
  aDeviceQuestion({ vm: { mappings: [aMapping({ backing: undefined })] } }),
  aDeviceQuestion({
    vm: { memslots: [aSlot({ mappings: [nicMemory()], mappingsAtFault: [nicMemory({ device: undefined })] })] },
  }),
  { ...aDeviceQuestion(), manifest: aManifest({ memslots: [aGuestMemfdSlot()] }) },
  aDeviceQuestion({
    ...undescribed,
    vm: { ...undescribed.vm, memslots: [aSlot({ mappingsAtFault: [BARE] })] },
  }),
];
