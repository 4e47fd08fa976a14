import { type Answer, type DeviceCheck, type Facts, pass, reject, unknown } from '../check.js';
import type { Measure } from '../devices/candidates.js';
import type { Device } from '../devices/device.js';
import { standingOf } from '../devices/standing.js';
import { EVERY_GENERATION } from '../generations.js';

const CARD = {
  scope: 'device',
  phase: 'device',
  failure: 'refused',
  severity: 'reject',
  sourceOutcome: 'unaffected',
  generations: EVERY_GENERATION,
} as const;

const IDENTITY = ['/manifest/devices', '/fingerprint/devices'] as const;

/** Refused where the target cannot have enough such devices, in doubt where it may. */
function judge(device: Device, measure: Measure, facts: Facts, message: (found: number) => string): Answer {
  const standing = standingOf(device, measure);
  if (standing.kind === 'enough') return pass;
  if (standing.kind === 'doubt') return unknown(standing.missing, facts);
  const { wanted, found } = standing;
  return reject({ ...facts, wanted, found }, message(found));
}

export const devicePresent: DeviceCheck = {
  ...CARD,
  id: 'device-present',
  reason: 'DEVICE_ABSENT',
  errno: 'ENODEV',
  statement: 'The target has a device of the same vendor and device id for each that the VM owns.',
  expected: 'one such device for each of the VM',
  remedy: 'Ask for a target that has the device, or has as many of them as the VM.',
  cite: 'linux drivers/vfio/group.c vfio_group_ioctl_get_device_fd()',
  reads: IDENTITY,
  test(device) {
    const { vendorDevice } = device.stated;
    return judge(device, 'model', { vendorDevice: vendorDevice ?? null }, (found) =>
      found === 0
        ? `The target has no ${vendorDevice}.`
        : `The target has ${found} of ${vendorDevice}, and the VM needs more.`,
    );
  },
};

export const deviceDriver: DeviceCheck = {
  ...CARD,
  id: 'device-driver',
  reason: 'DEVICE_DRIVER_DIFFERS',
  errno: null,
  statement: 'On the target the same driver has the device: what one saves, another cannot load.',
  expected: 'the same driver on both sides',
  remedy: 'Bind the device on the target to the driver that it has on the source, and send a new fingerprint.',
  cite: 'linux Documentation/driver-api/vfio.rst and include/uapi/linux/vfio.h: the state of a device is opaque',
  reads: IDENTITY,
  test(device) {
    const { driver, vendorDevice } = device.stated;
    const there = (device.candidates ?? [])
      .filter(({ measures }) => measures.model.value !== false)
      .map((candidate) => candidate.device.driver ?? null);
    const facts = { driver: driver ?? null, there };
    return judge(device, 'driver', facts, () => `On the target ${driver} does not have ${vendorDevice}.`);
  },
};

export const deviceMigration: DeviceCheck = {
  ...CARD,
  id: 'device-migration',
  reason: 'DEVICE_MIGRATION_UNSUPPORTED',
  errno: 'ENOTTY',
  statement: 'The device on the target takes a state: its driver, its firmware and its kernel can migrate.',
  expected: 'VFIO_MIGRATION_STOP_COPY on the target',
  remedy: 'Ask for a target whose device can migrate: mind its firmware, its host driver and its kernel.',
  cite: 'linux drivers/vfio/vfio_main.c vfio_ioctl_device_feature_migration(); qemu hw/vfio/migration.c vfio_migration_init()',
  reads: IDENTITY,
  test(device) {
    const { driver } = device.stated;
    const since = device.row?.since;
    const facts = { driver: driver ?? null, ...(since === undefined ? {} : { migratesSince: since.join('.') }) };
    return judge(device, 'migration', facts, () => `On the target ${driver} cannot migrate this device.`);
  },
};

export const deviceRegion: DeviceCheck = {
  ...CARD,
  id: 'device-region',
  reason: 'DEVICE_REGION_WEAKER',
  errno: null,
  failure: 'silent',
  sourceOutcome: 'lost',
  statement: 'What the VM has as cacheable device memory is cacheable on the target too.',
  expected: 'a region as strong as at the source',
  remedy: 'Ask for a target whose driver maps the region cacheable, as on the source.',
  cite: 'linux arch/arm64/kvm/mmu.c user_mem_abort(): the type follows the VMA, and no one is told that it was another',
  reads: [
    ...IDENTITY,
    '/manifest/memslots',
    '/manifest/memslots/*/mappings',
    '/manifest/memslots/*/mappings/*/device',
    '/manifest/memslots/*/mappings/*/region',
    '/manifest/memslots/*/mappings/*/memoryType',
  ],
  test(device) {
    return judge(device, 'regions', {}, () => 'Cacheable memory of this device would be uncached on the target.');
  },
};
