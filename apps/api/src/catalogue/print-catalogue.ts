import type { AddedRows, CatalogueRecord } from '@berth/application';
import { type CatalogueItemJson, printCatalogueRow } from '@berth/contract';
import { BUILT_IN_ROWS, builtInClashes, type CatalogueRow, RULEBOOK } from '@berth/engine';

export function printCatalogue({ digest, rows }: AddedRows): object {
  const items = [...BUILT_IN_ROWS.map(printBuiltIn), ...rows.map(printAdded)];
  return { rulebook: RULEBOOK, catalogue: digest ?? null, items };
}

function printBuiltIn(row: CatalogueRow): CatalogueItemJson {
  return { row: row.id, origin: 'built-in', revision: null, updatedAt: null, ...printCatalogueRow(row) };
}

function printAdded({ name, revision, updatedAt, row }: CatalogueRecord): CatalogueItemJson {
  return {
    row: name,
    origin: 'operator',
    revision,
    updatedAt: updatedAt.toISOString(),
    ...(builtInClashes(row).length > 0 ? { overruled: true } : {}),
    ...printCatalogueRow(row),
  };
}
