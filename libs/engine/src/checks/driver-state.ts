import { type DeviceCheck, pass, reject } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';

// What cannot be known beforehand is named: the last word has the driver, when it is given the state.
export const driverState: DeviceCheck = {
  id: 'driver-state',
  scope: 'device',
  phase: 'device',
  reason: 'DEVICE_STATE_UNTOLD',
  errno: 'EINVAL',
  failure: 'refused',
  severity: 'warn',
  sourceOutcome: 'resumed',
  generations: EVERY_GENERATION,
  statement:
    'Whether a driver takes the state of a device is its own affair, and shows when it is loaded: nothing that it compares can be asked before.',
  expected: 'a state that the driver takes',
  remedy:
    'Keep firmware and configuration of the devices alike on both hosts. If it is refused, the VM goes on at the source.',
  cite: 'linux include/uapi/linux/vfio.h VFIO_DEVICE_STATE_RESUMING; linux drivers/vfio/pci/hisilicon/hisi_acc_vfio_pci.c vf_qm_check_match()',
  reads: ['/manifest/devices'],
  test({ row }) {
    if (row?.compares === undefined) return pass;
    return reject({ driver: row.driver, compares: row.compares }, `${row.driver} compares ${row.compares}.`);
  },
};
