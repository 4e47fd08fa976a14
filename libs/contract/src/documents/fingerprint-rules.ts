import { type Fault, fault } from '../fields/faults.js';
import { isJsonObject } from '../json/json-value.js';

/** The schema library steps over a key called `__proto__`, so that key is refused here. */
export function kernelNameFaults(document: unknown): Fault[] {
  return KERNEL_NAMED.flatMap((path) => {
    const value = path.reduce<unknown>((at, key) => (isJsonObject(at) ? at[key] : undefined), document);
    const hidden = isJsonObject(value) && Object.hasOwn(value, '__proto__');
    return hidden ? [fault([...path, '__proto__'], 'FORMAT', 'a name as the kernel spells it', '__proto__')] : [];
  });
}

const KERNEL_NAMED = [
  ['cpu', 'idRegisters'],
  ['cpu', 'sanitisedIdRegisters'],
  ['kvm', 'capabilities'],
  ['kvm', 'writableMasks'],
  ['vcpu', 'idRegisters'],
] as const;

/** Two entries for one region would let the order of a list decide which of them is believed. */
export function duplicateRegions(document: unknown): Fault[] {
  const devices = isJsonObject(document) ? document.devices : undefined;
  if (!Array.isArray(devices)) return [];
  return devices.flatMap((device: unknown, at) => regionFaults(isJsonObject(device) ? device.regions : undefined, at));
}

function regionFaults(regions: unknown, device: number): Fault[] {
  if (!Array.isArray(regions)) return [];
  const seen = new Set<unknown>();
  return regions.flatMap((region: unknown, at) => {
    const index = isJsonObject(region) ? region.index : undefined;
    if (typeof index !== 'number') return [];
    const again = seen.has(index);
    seen.add(index);
    return again ? [fault(['devices', device, 'regions', at, 'index'], 'DUPLICATE', 'each region once', index)] : [];
  });
}
