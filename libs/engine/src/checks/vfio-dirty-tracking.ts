import { type DeviceCheck, pass, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';
import { blockedByQemu } from './source-vmm.js';

// QEMU leaves it at a warning under `enable-migration=on`, of which a manifest does not tell; `auto` is what it does unless told.
export const vfioDirtyTracking: DeviceCheck = {
  id: 'vfio-dirty-tracking',
  scope: 'device',
  phase: 'source',
  reason: 'DEVICE_DIRTY_TRACKING_ABSENT',
  errno: null,
  failure: 'refused',
  side: 'source',
  severity: 'reject',
  sourceOutcome: 'unaffected',
  generations: EVERY_GENERATION,
  statement:
    'QEMU does not migrate a device of which neither the device nor its IOMMU can say which pages it wrote, unless enable-migration=on.',
  expected: 'dirty tracking by the device or its IOMMU',
  remedy:
    'Use a device or an IOMMU that tracks dirty pages. With enable-migration=on QEMU goes on, and sends all memory again while the VM is stopped: then ask the other phases alone.',
  cite: 'linux include/uapi/linux/vfio.h VFIO_DEVICE_FEATURE_DMA_LOGGING_START; qemu hw/vfio/migration.c vfio_migration_realize()',
  reads: ['/manifest/devices', '/sourceFingerprint/devices', '/manifest/vmm/name'],
  test({ source }, asked) {
    const { value, missing } = source.dirtyTracking;
    // A device without any migration is objected to for that.
    if (value === true || source.stopCopy.value === false) return pass;
    if (value === undefined) return unknown(missing);
    return blockedByQemu(asked, { dirtyTracking: false }, 'Neither the device nor its IOMMU tracks dirty pages.');
  },
};
