import { type HostCheck, pass, unknown } from '../check.js';
import { all } from '../devices/told.js';
import { EVERY_GENERATION } from '../generations.js';
import { blockedByQemu } from './source-vmm.js';

export const vfioP2p: HostCheck = {
  id: 'vfio-p2p',
  scope: 'vm',
  phase: 'source',
  reason: 'DEVICES_NOT_ALL_P2P',
  errno: null,
  failure: 'refused',
  side: 'source',
  severity: 'reject',
  sourceOutcome: 'unaffected',
  generations: EVERY_GENERATION,
  statement: 'QEMU migrates several devices only if each of them can be stopped while its peers still reach it.',
  expected: 'VFIO_MIGRATION_P2P for each of several devices',
  remedy: 'Detach the devices without P2P, or give the VM one device alone.',
  cite: 'linux include/uapi/linux/vfio.h VFIO_MIGRATION_P2P; qemu hw/vfio/migration.c vfio_block_multiple_devices_migration()',
  reads: ['/manifest/devices', '/sourceFingerprint/devices', '/manifest/vmm/name'],
  test(asked) {
    const devices = asked.devices ?? [];
    // A device without any migration is objected to by itself.
    if (devices.length < 2 || devices.some(({ source }) => source.stopCopy.value === false)) return pass;
    const { value, missing } = all(devices.map(({ source }) => source.p2p));
    if (value === true) return pass;
    if (value === undefined) return unknown(missing);
    const without = devices.filter(({ source }) => source.p2p.value === false).map(({ name }) => name);
    return blockedByQemu(asked, { devices: devices.length, without }, `Without P2P: ${without.join(', ')}.`);
  },
};
