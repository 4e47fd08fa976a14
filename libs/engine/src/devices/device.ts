import { type Catalogue, driverRow, mappingRow } from '../catalogue/catalogue.js';
import { driverName } from '../catalogue/driver-name.js';
import type { DriverRow } from '../catalogue/drivers.js';
import type { MappingRow } from '../catalogue/mappings.js';
import type { Fingerprint } from '../model/fingerprint.js';
import type { Manifest, Mapping, VmDevice } from '../model/manifest.js';
import { type AtSource, atSource } from './at-source.js';
import { type Candidate, candidatesFor } from './candidates.js';

/** A device that the VM owns, with what is known of it on the host that it would leave and on the one that would take it. */
export interface Device {
  readonly name: string;
  readonly stated: VmDevice;
  readonly at: string;
  /** What the catalogue says of its driver. */
  readonly row: DriverRow | undefined;
  readonly source: AtSource;
  /** The target's devices, each measured against this one; `undefined`: the target has not looked. */
  readonly candidates: readonly Candidate[] | undefined;
  /** How many devices of the VM before it are of the same model, and how many of them have the same driver. */
  readonly before: { readonly model: number; readonly kind: number };
}

const NONE: readonly Device[] = [];

export function devicesOf(
  catalogue: Catalogue,
  manifest: Manifest,
  target: Fingerprint,
  source: Fingerprint | undefined,
): readonly Device[] | undefined {
  const devices = manifest.devices;
  if (devices === undefined || devices.length === 0) return devices === undefined ? undefined : NONE;
  return devices.map((stated, index) => {
    const at = `/manifest/devices/${index}`;
    const earlier = devices.slice(0, index).filter(({ vendorDevice }) => vendorDevice === stated.vendorDevice);
    return {
      name: stated.name,
      stated,
      at,
      row: driverRow(catalogue, stated.driver),
      source: atSource(catalogue, stated, at, source),
      candidates: candidatesFor(catalogue, stated, at, manifest, target),
      before: { model: earlier.length, kind: earlier.filter((other) => sameName(other.driver, stated.driver)).length },
    };
  });
}

function sameName(a: string | undefined, b: string | undefined): boolean {
  return (a === undefined ? a : driverName(a)) === (b === undefined ? b : driverName(b));
}

/** What the catalogue says of a mapping that names a device. */
export function rowOf(catalogue: Catalogue, mapping: Mapping, manifest: Manifest): MappingRow | undefined {
  if (mapping.device === undefined) return undefined;
  const driver = manifest.devices?.find(({ name }) => name === mapping.device)?.driver;
  return mappingRow(catalogue, driver, mapping.region);
}
