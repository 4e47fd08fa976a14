import { type HostCheck, pass, type SlotCheck, unknown } from '../check.js';
import type { Device } from '../devices/device.js';
import { EVERY_GENERATION } from '../generations.js';
import type { Vma } from '../vma.js';

const CARD = {
  phase: 'device',
  errno: null,
  failure: 'refused',
  severity: 'reject',
  sourceOutcome: 'unaffected',
  generations: EVERY_GENERATION,
  cite: 'Berth: a missing fact is never a yes',
} as const;

export const devicesListed: HostCheck = {
  ...CARD,
  id: 'devices-listed',
  scope: 'vm',
  reason: 'DEVICES_NOT_LISTED',
  statement: 'The target needs a device for each that the VM owns, so the manifest lists all of them.',
  expected: 'a manifest with devices',
  remedy: 'List the devices in the manifest; an empty list says that there are none.',
  reads: ['/manifest/devices'],
  test: ({ manifest }) => (manifest.devices === undefined ? unknown(['/manifest/devices']) : pass),
};

export const deviceNamed: SlotCheck = {
  ...CARD,
  id: 'device-named',
  scope: 'slot',
  reason: 'DEVICE_NOT_NAMED',
  statement: 'VFIO memory names the device that it belongs to, and the manifest lists that device.',
  expected: 'a listed device for each VFIO mapping',
  remedy: 'Give the mapping `device` and `region`, and list the device under `devices`.',
  reads: [
    '/manifest/devices',
    '/manifest/memslots/*/mappings/*/backing',
    '/manifest/memslots/*/mappings/*/device',
    '/manifest/memslots/*/mappingsAtFault',
  ],
  test(slot, { devices }) {
    const { vmas = NONE, vmasAtFault = NONE } = slot;
    if (areOwnersTold(vmas, devices) && (vmasAtFault === vmas || areOwnersTold(vmasAtFault, devices))) return pass;
    const missing = [...vmas, ...vmasAtFault].map((vma) => untoldOwner(vma, devices));
    return unknown([...new Set(missing)]);
  },
};

const NONE: readonly Vma[] = [];

/** A loop, because nearly every slot passes and then nothing is made. */
function areOwnersTold(vmas: readonly Vma[], devices: readonly Device[] | undefined): boolean {
  for (const vma of vmas) if (untoldOwner(vma, devices) !== undefined) return false;
  return true;
}

/** Memory of which nothing is told may be a device's, where the VM has one. */
function untoldOwner(vma: Vma, devices: readonly Device[] | undefined): string | undefined {
  if (vma.device !== undefined)
    return devices?.some(({ name }) => name === vma.device) ? undefined : '/manifest/devices';
  if (vma.backing === 'vfio') return `${vma.at}/device`;
  return vma.backing === undefined && devices?.length !== 0 ? `${vma.at}/backing` : undefined;
}
