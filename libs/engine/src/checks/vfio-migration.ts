import { type DeviceCheck, pass, reject, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';

export const vfioMigration: DeviceCheck = {
  id: 'vfio-migration',
  scope: 'device',
  phase: 'source',
  reason: 'DEVICE_NOT_MIGRATABLE',
  errno: 'ENOTTY',
  failure: 'refused',
  side: 'source',
  severity: 'reject',
  sourceOutcome: 'unaffected',
  generations: EVERY_GENERATION,
  statement:
    'A device that the VM owns needs a driver with migration: nvgrace-gpu and plain vfio-pci have none, and others have it for some devices alone.',
  expected: 'VFIO_MIGRATION_STOP_COPY where the VM runs',
  remedy:
    'No target can help. Detach the device, migrate, and attach one on the target; or shut the VM down and start it there. Otherwise give it a device whose driver can migrate.',
  cite: 'linux drivers/vfio/vfio_main.c vfio_ioctl_device_feature_migration(); qemu hw/vfio/migration.c vfio_migration_realize()',
  reads: ['/manifest/devices', '/sourceFingerprint/devices'],
  test({ stated, row, source }) {
    const { value, missing } = source.stopCopy;
    if (value === true) return pass;
    const facts = { driver: stated.driver ?? null };
    if (value === undefined) return unknown(missing, facts);
    const known = row?.migration === false;
    return reject(
      { ...facts, stopCopy: false },
      known
        ? `The driver ${stated.driver} has no migration: VFIO_DEVICE_FEATURE_MIGRATION fails.`
        : 'The source says that this device cannot migrate: VFIO_DEVICE_FEATURE_MIGRATION fails.',
    );
  },
};
