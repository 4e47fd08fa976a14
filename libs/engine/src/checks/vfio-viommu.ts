import { type DeviceCheck, pass } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';
import { blockedByQemu } from './source-vmm.js';

// A manifest need not speak of a vIOMMU: a device is taken for one without, as the contract's own form of it has no place for it.
// QEMU asks of each device by itself, because a machine may leave some of them out of its vIOMMU.
export const vfioViommu: DeviceCheck = {
  id: 'vfio-viommu',
  scope: 'device',
  phase: 'source',
  reason: 'VIOMMU_NOT_MIGRATABLE',
  errno: null,
  failure: 'refused',
  side: 'source',
  severity: 'reject',
  sourceOutcome: 'unaffected',
  generations: EVERY_GENERATION,
  statement: 'QEMU does not migrate a VM that owns a device behind a virtual IOMMU.',
  expected: 'devices without a vIOMMU before them',
  remedy: 'Detach the device and migrate, or start the VM without a vIOMMU before it.',
  cite: 'QEMU hw/vfio/migration.c vfio_migration_realize(), vfio_viommu_preset()',
  reads: ['/manifest/devices', '/sourceFingerprint/devices', '/manifest/vmm/name'],
  test({ stated, source }, asked) {
    // A device without any migration is objected to for that.
    if (stated.viommu !== true || source.stopCopy.value === false) return pass;
    return blockedByQemu(
      asked,
      { viommu: true },
      'QEMU blocks it: "Migration is currently not supported with vIOMMU enabled".',
    );
  },
};
