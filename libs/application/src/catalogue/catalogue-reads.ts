import type { AddedRows } from './catalogue-row.js';

export interface CatalogueReads {
  /** Of the rows that stand now, by which `Documents` knows them; undefined where none were added. */
  digest(fleet: string): Promise<string | undefined>;
  list(fleet: string): Promise<AddedRows>;
}
