import { BUILT_IN_ROWS, type CatalogueRow, isMappingRow } from './catalogue.js';
import { driverName } from './driver-name.js';
import type { MappingRow } from './mappings.js';

/** One thing that two rows would both tell. */
export interface Clash {
  /** The row that tells it already. */
  readonly row: CatalogueRow;
  /** The driver as the row that is to be added spells it. */
  readonly driver: string;
  /** The regions that both speak of; left out where it is not how the driver maps but whether it can migrate. */
  readonly regions?: MappingRow['regions'];
}

/** What built-in rows tell already: an added row may say what Berth does not know, and never otherwise than it does. */
export function builtInClashes(row: CatalogueRow): readonly Clash[] {
  return clashesWith(row, BUILT_IN_ROWS);
}

/** Of two rows for one thing the order would decide which is believed. */
export function clashesWith(row: CatalogueRow, others: readonly CatalogueRow[]): readonly Clash[] {
  return others.flatMap((other) => clashesOfTwo(row, other));
}

function clashesOfTwo(row: CatalogueRow, other: CatalogueRow): readonly Clash[] {
  if (isMappingRow(row)) return isMappingRow(other) ? mappingClashes(row, other) : [];
  if (isMappingRow(other) || driverName(row.driver) !== driverName(other.driver)) return [];
  return [{ row: other, driver: row.driver }];
}

function mappingClashes(row: MappingRow, other: MappingRow): readonly Clash[] {
  const regions = shared(row.regions, other.regions);
  if (regions.length === 0) return [];
  const taken = new Set(other.drivers.map(driverName));
  return row.drivers
    .filter((driver) => taken.has(driverName(driver)))
    .map((driver) => ({ row: other, driver, regions }));
}

function shared(a: MappingRow['regions'], b: MappingRow['regions']): MappingRow['regions'] {
  if (a === 'any') return b;
  return b === 'any' ? a : a.filter((region) => b.includes(region));
}
