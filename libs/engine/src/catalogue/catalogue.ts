import { driverName } from './driver-name.js';
import { DRIVERS, type DriverRow } from './drivers.js';
import { MAPPINGS, type MappingRow } from './mappings.js';

export type CatalogueRow = MappingRow | DriverRow;

/** What is known of drivers, found by their names. */
export interface Catalogue {
  readonly mappings: ReadonlyMap<string, readonly MappingRow[]>;
  readonly drivers: ReadonlyMap<string, DriverRow>;
}

export const BUILT_IN_ROWS: readonly CatalogueRow[] = [...MAPPINGS, ...DRIVERS];

export const BUILT_IN: Catalogue = catalogueOf(BUILT_IN_ROWS);

export function isMappingRow(row: CatalogueRow): row is MappingRow {
  return 'drivers' in row;
}

/**
 * The built-in rows, and those that an operator added. Where both speak of one thing the built-in row is the one, also where a
 * newer Berth came to know what had been added before.
 */
export function catalogueWith(added: readonly CatalogueRow[]): Catalogue {
  if (added.length === 0) return BUILT_IN;
  return catalogueOf([...BUILT_IN_ROWS, ...added.map((row) => ({ ...row, added: true }) as const)]);
}

/** The first row that speaks of a thing is the one. */
function catalogueOf(rows: readonly CatalogueRow[]): Catalogue {
  const mappings = new Map<string, readonly MappingRow[]>();
  const drivers = new Map<string, DriverRow>();
  for (const row of rows) {
    if (isMappingRow(row)) addMapping(mappings, row);
    else if (!drivers.has(driverName(row.driver))) drivers.set(driverName(row.driver), row);
  }
  return { mappings, drivers };
}

function addMapping(mappings: Map<string, readonly MappingRow[]>, row: MappingRow): void {
  for (const driver of row.drivers.map(driverName)) mappings.set(driver, [...(mappings.get(driver) ?? []), row]);
}

/** How a driver maps one of its regions, where that leaves no doubt. */
export function mappingRow(
  { mappings }: Catalogue,
  driver: string | undefined,
  region: number | undefined,
): MappingRow | undefined {
  if (driver === undefined) return undefined;
  return mappings
    .get(driverName(driver))
    ?.find(({ regions }) => regions === 'any' || (region !== undefined && regions.includes(region)));
}

export function driverRow({ drivers }: Catalogue, name: string | undefined): DriverRow | undefined {
  return name === undefined ? undefined : drivers.get(driverName(name));
}

/** A row as answers name it. */
export function rowName({ id, added }: CatalogueRow): string {
  return added === true ? `${id} (added by an operator)` : id;
}

/** What told a fact that no document did. */
export function saidBy(row: CatalogueRow): string {
  return `catalogue ${rowName(row)}`;
}
