import { type HostCheck, pass, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';

export const sourceDevicesListed: HostCheck = {
  id: 'source-devices-listed',
  scope: 'vm',
  phase: 'source',
  reason: 'SOURCE_DEVICES_NOT_LISTED',
  errno: null,
  failure: 'refused',
  side: 'source',
  severity: 'reject',
  sourceOutcome: 'unaffected',
  generations: EVERY_GENERATION,
  statement: 'Each device that the VM owns can block a migration, so the manifest lists all of them.',
  expected: 'a manifest with devices',
  remedy: 'List the devices in the manifest; an empty list says that there are none.',
  cite: 'Berth: a missing fact is never a yes',
  reads: ['/manifest/devices'],
  test: ({ manifest }) => (manifest.devices === undefined ? unknown(['/manifest/devices']) : pass),
};
