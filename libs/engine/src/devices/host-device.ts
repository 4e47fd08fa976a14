import { type Catalogue, driverRow, mappingRow } from '../catalogue/catalogue.js';
import { driverName } from '../catalogue/driver-name.js';
import { type Traits, traitsOf } from '../catalogue/traits.js';
import type { DeviceMigration, HostDevice } from '../model/fingerprint.js';
import type { VmDevice } from '../model/manifest.js';
import { NO, type Told, untold, YES } from './told.js';

/** What of a mapping a host's own device region decides, and where that stands in the question. */
export interface Region extends Traits {
  readonly at: string;
}

/** Is this device of a host of the model that the VM owns? */
export function sameModel(wanted: VmDevice, wantedAt: string, device: HostDevice, at: string): Told {
  const missing = [
    ...(wanted.vendorDevice === undefined ? [`${wantedAt}/vendorDevice`] : []),
    ...(device.vendorDevice === undefined ? [`${at}/vendorDevice`] : []),
  ];
  if (missing.length > 0) return untold(...missing);
  return wanted.vendorDevice === device.vendorDevice ? YES : NO;
}

export function sameDriver(wanted: VmDevice, wantedAt: string, device: HostDevice, at: string): Told {
  if (wanted.driver !== undefined && device.driver !== undefined)
    return driverName(wanted.driver) === driverName(device.driver) ? YES : NO;
  return untold(
    ...(wanted.driver === undefined ? [`${wantedAt}/driver`] : []),
    ...(device.driver === undefined ? [`${at}/driver`] : []),
  );
}

export type Feature = Exclude<keyof DeviceMigration, 'preCopy'>;

/** Does the catalogue know that no device of this driver has the feature? */
export function neverHas(catalogue: Catalogue, driver: string | undefined, feature: Feature): boolean {
  const row = driverRow(catalogue, driver);
  if (row === undefined || feature === 'dirtyTracking') return false;
  return !(feature === 'stopCopy' ? row.migration : row.p2p);
}

/** A probe that contradicts the catalogue settles nothing: one of the two is wrong, and neither can be told to be. */
export function featureOf(
  catalogue: Catalogue,
  device: HostDevice,
  at: string,
  driver: string | undefined,
  feature: Feature,
): Told {
  const probed = device.migration?.[feature];
  if (neverHas(catalogue, driver, feature)) return probed === true ? untold(`${at}/migration/${feature}`) : NO;
  if (probed === undefined)
    return untold(device.migration === undefined ? `${at}/migration` : `${at}/migration/${feature}`);
  return probed ? YES : NO;
}

/** A region of a device, or the pointer of what is not known about it. */
export function regionOf(
  catalogue: Catalogue,
  device: HostDevice,
  index: number | undefined,
  at: string,
): Region | string {
  const row = mappingRow(catalogue, device.driver, index);
  if (device.regions === undefined) return row === undefined ? `${at}/regions` : regionAt({}, row, `${at}/regions`);
  const position = device.regions.findIndex((region) => region.index === index);
  const region = device.regions[position];
  return region === undefined ? `${at}/regions` : regionAt(region, row, `${at}/regions/${position}`);
}

function regionAt(stated: Parameters<typeof traitsOf>[0], row: Traits['row'], at: string): Region {
  const { vmFlags, memoryType } = stated;
  // Where its pages are is asked of the VM's own mapping.
  return { ...traitsOf({ vmFlags, memoryType, kernelMapped: row?.kernelMapped }, row, at), at };
}

/** Would a VM that is given the one meet the same as with the other? */
export function alike(a: Region, b: Region): boolean {
  return (
    a.cacheable === b.cacheable &&
    a.memoryType === b.memoryType &&
    listOf(a.vmFlags) === listOf(b.vmFlags) &&
    listOf(a.disputed) === listOf(b.disputed)
  );
}

function listOf(flags: readonly string[] | undefined): string | undefined {
  return flags === undefined ? undefined : [...flags].sort().join();
}
