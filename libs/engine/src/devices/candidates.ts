import type { Catalogue } from '../catalogue/catalogue.js';
import type { Fingerprint, HostDevice } from '../model/fingerprint.js';
import type { Manifest, VmDevice } from '../model/manifest.js';
import { type DerivedOtherwise, derivedOtherwise } from './derived-otherwise.js';
import { alike, featureOf, type Region, regionOf, sameDriver, sameModel } from './host-device.js';
import { type OwnMapping, type OwnMappings, ownMappingsOf } from './own-mappings.js';
import { all, NO, type Told, untold, YES } from './told.js';

/** A device of the target, measured against one of the VM's: each measure counts only where those before it are met. */
export interface Candidate {
  readonly device: HostDevice;
  readonly at: string;
  readonly measures: Readonly<Record<Measure, Told>>;
  /** What the manifest leaves out and this device has otherwise. */
  readonly otherwise: readonly DerivedOtherwise[];
}

export const MEASURES = ['model', 'driver', 'migration', 'regions'] as const;
export type Measure = (typeof MEASURES)[number];

const NONE: readonly Candidate[] = [];

export function candidatesFor(
  catalogue: Catalogue,
  wanted: VmDevice,
  wantedAt: string,
  manifest: Manifest,
  target: Fingerprint,
): readonly Candidate[] | undefined {
  if (target.devices === undefined || target.devices.length === 0) return target.devices && NONE;
  const own = ownMappingsOf(catalogue, wanted, manifest);
  return target.devices.map((device, index) => {
    const at = `/fingerprint/devices/${index}`;
    return {
      device,
      at,
      measures: {
        model: sameModel(wanted, wantedAt, device, at),
        driver: sameDriver(wanted, wantedAt, device, at),
        migration: featureOf(catalogue, device, at, device.driver, 'stopCopy'),
        regions: asStrong(catalogue, own, device, at),
      },
      otherwise: derivedOtherwise(catalogue, own.mappings, device, at),
    };
  });
}

/** Is each region as strong there as the VM has it now? Only cacheable memory has anything to lose: stage 2 takes the rest from KVM. */
function asStrong(
  catalogue: Catalogue,
  { mappings, untold: missing }: OwnMappings,
  device: HostDevice,
  at: string,
): Told {
  const each = mappings.map((own) => regionAsStrong(catalogue, own, device, at));
  return all(missing.length === 0 ? each : [...each, untold(...missing)]);
}

function regionAsStrong(catalogue: Catalogue, own: OwnMapping, device: HostDevice, at: string): Told {
  if (own.traits.cacheable === false) return YES;
  if (own.region === undefined) return untold(`${own.at}/region`);
  const region = regionOf(catalogue, device, own.region, at);
  if (typeof region === 'string') return untold(region);
  if (region.cacheable === true) return YES;
  if (own.traits.cacheable === true && region.cacheable === false) return NO;
  return untold(
    ...(own.traits.cacheable === undefined ? [`${own.at}/memoryType`] : []),
    ...(region.cacheable === undefined ? [`${region.at}/memoryType`] : []),
  );
}

/** How far a candidate is met by the measures up to one of them. */
export function metUpTo({ measures }: Candidate, last: Measure): Told {
  return all(MEASURES.slice(0, MEASURES.indexOf(last) + 1).map((measure) => measures[measure]));
}

/**
 * The region that a mapping would stand on: of a device of the same model and driver, whichever of them is taken. The pointer of
 * what is not known about it, or nothing where the target is known to have no such device.
 */
export function regionAmong(
  catalogue: Catalogue,
  candidates: readonly Candidate[],
  index: number | undefined,
): Region | string | undefined {
  const matching = candidates.filter((candidate) => metUpTo(candidate, 'driver').value !== false);
  const [first] = matching;
  if (first === undefined) return undefined;
  if (!matching.some(({ measures }) => measures.model.value === true)) return first.measures.model.missing[0];
  const fit = matching.filter((candidate) => metUpTo(candidate, 'regions').value !== false);
  return agreed(catalogue, matching, index) ?? agreed(catalogue, fit, index) ?? '/fingerprint/devices';
}

/** What all of them would give, where that is one thing. */
function agreed(
  catalogue: Catalogue,
  candidates: readonly Candidate[],
  index: number | undefined,
): Region | string | undefined {
  const regions = candidates.map(({ device, at }) => regionOf(catalogue, device, index, at));
  const [first] = regions;
  if (first === undefined || typeof first === 'string') return regions.some(isTold) ? undefined : first;
  return regions.every((region) => isTold(region) && alike(region, first)) ? first : undefined;
}

function isTold(region: Region | string): region is Region {
  return typeof region !== 'string';
}
