import {
  BUILT_IN_ROWS,
  builtInClashes,
  type Catalogue,
  type CatalogueRow,
  type Clash,
  catalogueWith,
  clashesWith,
  isMappingRow,
} from '@berth/engine';
import { checkWith, type Fault, fault, invalid, type Parsed, withPrefix } from '../fields/faults.js';
import { digestOf } from '../json/digest.js';
import type { JsonObject, JsonValue } from '../json/json-value.js';
import { catalogueRowModel } from './catalogue-row-model.js';
import { catalogueRowFaults } from './catalogue-row-rules.js';
import {
  type CatalogueRowFields,
  CatalogueRowSchema,
  catalogueRowsField,
  type NamedCatalogueRowFields,
} from './catalogue-row-schema.js';

/** One row as it is put. */
export interface CatalogueRowDocument {
  readonly digest: string;
  readonly document: JsonObject;
  /** The row under the name that it gets. */
  readonly named: (id: string) => CatalogueRow;
}

/** All added rows together. */
export interface CatalogueDocument {
  /** Of the rows in order of their names; left out where there are none. */
  readonly digest?: string;
  readonly catalogue: Catalogue;
}

export function parseCatalogueRow(value: unknown): Parsed<CatalogueRowDocument> {
  const parsed = checkWith(CatalogueRowSchema, value);
  const faults = [...(parsed.kind === 'invalid' ? parsed.faults : []), ...catalogueRowFaults(value)];
  if (parsed.kind === 'invalid' || faults.length > 0) return invalid(faults);
  const document = value as JsonObject;
  return {
    kind: 'ok',
    value: { digest: digestOf(document), document, named: (id) => catalogueRowModel(id, parsed.value) },
  };
}

/** Rows that are added for one question, each with its name. */
export function parseCatalogue(value: unknown): Parsed<CatalogueDocument> {
  const parsed = checkWith(catalogueRowsField(), value);
  const rules = listOf(value).flatMap((row, index) => withPrefix(`/${index}`, catalogueRowFaults(row)));
  const faults = [...(parsed.kind === 'invalid' ? parsed.faults : []), ...rules];
  if (parsed.kind === 'invalid' || faults.length > 0) return invalid(faults);
  const rows = parsed.value.map(modelOf);
  const clashes = rows.flatMap((row, index) => withPrefix(`/${index}`, standingFaults(row, rows.slice(0, index))));
  return clashes.length > 0 ? invalid(clashes) : { kind: 'ok', value: catalogueDocument(rows, value as JsonValue) };
}

function catalogueDocument(rows: readonly CatalogueRow[], value: JsonValue): CatalogueDocument {
  const catalogue = catalogueWith(rows);
  return rows.length === 0 ? { catalogue } : { catalogue, digest: catalogueDigest(value as readonly JsonObject[]) };
}

/** Of rows with their names, in whatever order they stand. */
export function catalogueDigest(rows: readonly JsonObject[]): string {
  return digestOf(sortedRows(rows));
}

/** In the order in which they are kept. */
export function sortedRows(rows: readonly JsonObject[]): readonly JsonObject[] {
  return [...rows].sort((a, b) => (String(a['row']) < String(b['row']) ? -1 : 1));
}

/** Stored rows, which were parsed when they were stored. */
export function readCatalogue(rows: readonly JsonValue[]): Catalogue {
  return catalogueWith((rows as unknown as readonly NamedCatalogueRowFields[]).map(modelOf));
}

export function readCatalogueRow(id: string, document: JsonObject): CatalogueRow {
  return catalogueRowModel(id, document as unknown as CatalogueRowFields);
}

const modelOf = ({ row, ...fields }: NamedCatalogueRowFields): CatalogueRow => catalogueRowModel(row, fields);

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** What forbids a row beside the built-in ones and these others. */
function standingFaults(row: CatalogueRow, others: readonly CatalogueRow[]): Fault[] {
  const named = (rows: readonly CatalogueRow[]) => rows.some(({ id }) => id === row.id);
  return [
    ...(named(BUILT_IN_ROWS) ? [fault(['row'], 'BUILT_IN', 'a name that no built-in row has', row.id)] : []),
    ...(named(others) ? [fault(['row'], 'DUPLICATE', 'each row once', row.id)] : []),
    ...clashFaults(row, builtInClashes(row), 'BUILT_IN'),
    ...clashFaults(row, clashesWith(row, others), 'DUPLICATE'),
  ];
}

/** What two rows would both tell, as faults of the row that came second. */
export function clashFaults(row: CatalogueRow, clashes: readonly Clash[], code: 'BUILT_IN' | 'DUPLICATE'): Fault[] {
  return clashes.map(({ row: other, driver, regions }) => {
    const path = isMappingRow(row) ? ['drivers', row.drivers.indexOf(driver)] : ['driver'];
    const which = code === 'BUILT_IN' ? 'built-in row' : 'row';
    return fault(path, code, `a driver of which the ${which} \`${other.id}\` ${alreadyTold(regions)}`, driver);
  });
}

function alreadyTold(regions: Clash['regions']): string {
  if (regions === undefined) return 'does not already tell whether it migrates';
  if (regions === 'any') return 'does not already tell how it maps memory';
  return `does not already tell how it maps region ${regions.join(', ')}`;
}
