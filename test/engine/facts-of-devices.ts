import type { Fingerprint, HostDevice, Manifest, Question } from '@berth/engine';
import {
  ACCELERATOR,
  aHostDevice,
  aVmDevice,
  BAR_REGION,
  CACHEABLE_REGION,
  GPU,
  VENDOR,
} from '../support/builders-devices.js';
import type { FactChange } from './facts-of-questions.js';

const HOST_DEVICES: readonly (readonly HostDevice[] | undefined)[] = [
  undefined,
  [],
  [aHostDevice()],
  [aHostDevice({ driver: undefined })],
  [aHostDevice({ migration: { stopCopy: false } })],
  [aHostDevice({ migration: { stopCopy: true, dirtyTracking: false } })],
  [aHostDevice({ ...VENDOR, regions: [CACHEABLE_REGION] })],
  [aHostDevice({ ...VENDOR, regions: [{ ...CACHEABLE_REGION, memoryType: 'device-nGnRE' }] })],
  [aHostDevice({ regions: [{ ...BAR_REGION, memoryType: 'normal' }] })],
  [aHostDevice({ driver: 'vfio-platform' })],
  [aHostDevice({ driver: 'amdgpu', regions: [{ ...BAR_REGION, memoryType: 'normal' }] })],
];

const VM_DEVICES: readonly Manifest['devices'][] = [
  undefined,
  [],
  [aVmDevice()],
  [aVmDevice({ viommu: true })],
  [aVmDevice(GPU)],
  [aVmDevice(VENDOR)],
  [aVmDevice(ACCELERATOR)],
  [aVmDevice({ driver: 'vfio-platform' })],
  [aVmDevice({ driver: 'amdgpu' })],
  [aVmDevice(), aVmDevice({ name: 'nic1', ...ACCELERATOR })],
];

/** What a question about devices turns on beside memory, with other values for each. */
export function deviceChangesOf(question: Question): readonly FactChange[] {
  const { manifest, target, source } = question;
  const at = (pointer: string, others: readonly Question[]): FactChange => ({ pointer, others });
  const fromSource = (given: Partial<Fingerprint>): Question => ({ ...question, source: { ...source, ...given } });
  return [
    at(
      '/manifest/devices',
      VM_DEVICES.map((devices) => ({ ...question, manifest: { ...manifest, devices } })),
    ),
    at(
      '/fingerprint/devices',
      HOST_DEVICES.map((devices) => ({ ...question, target: { ...target, devices } })),
    ),
    at(
      '/sourceFingerprint/devices',
      HOST_DEVICES.map((devices) => fromSource({ devices })),
    ),
    at(
      '/sourceFingerprint/cca/realmMigration',
      [undefined, true, false].map((realmMigration) => fromSource({ cca: { realmMigration } })),
    ),
    at(
      '/sourceFingerprint/cpu/fwb',
      [true, false].map((fwb) => fromSource({ cpu: { fwb } })),
    ),
    at(
      '/fingerprint/operator/containment',
      [undefined, true, false].map((containment) => ({
        ...question,
        target: { ...target, operator: { containment } },
      })),
    ),
    ...nestedChanges(question),
    ...vmmChanges(question),
  ];
}

/** Listed for vCPUs with EL2 and no others. */
const HCR_EL2 = 0x6030_0000_0013_e088n;

function nestedChanges(question: Question): readonly FactChange[] {
  const { manifest } = question;
  const put = (vcpu: Manifest['vcpu']): Question => ({
    ...question,
    manifest: { ...manifest, vcpu: { ...manifest.vcpu, ...vcpu } },
  });
  return [
    { pointer: '/manifest/vcpu/hasEl2', others: [undefined, true, false].map((hasEl2) => put({ hasEl2 })) },
    {
      pointer: '/manifest/vcpu/registerList/ids',
      others: [undefined, [], [HCR_EL2]].map((ids) => put({ registerList: { ids } })),
    },
  ];
}

function vmmChanges(question: Question): readonly FactChange[] {
  const { manifest, target } = question;
  const at = (pointer: string, others: readonly Question[]): FactChange => ({ pointer, others });
  return [
    at(
      '/manifest/vmm/name',
      [undefined, 'qemu', 'cloud-hypervisor'].map((name) => ({
        ...question,
        manifest: { ...manifest, vmm: { ...manifest.vmm, name } },
      })),
    ),
    at(
      '/manifest/vmm/machineType',
      [undefined, 'virt-2.6'].map((machineType) => ({
        ...question,
        manifest: { ...manifest, vmm: { ...manifest.vmm, machineType } },
      })),
    ),
    at(
      '/fingerprint/vmm/name',
      [undefined, 'cloud-hypervisor'].map((name) => ({
        ...question,
        target: { ...target, vmm: { ...target.vmm, name } },
      })),
    ),
    at(
      '/fingerprint/vmm/machineTypes',
      [undefined, []].map((machineTypes) => ({
        ...question,
        target: { ...target, vmm: { ...target.vmm, machineTypes } },
      })),
    ),
  ];
}
