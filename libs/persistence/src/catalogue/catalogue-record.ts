import type { CatalogueRecord } from '@berth/application';
import { readCatalogueRow } from '@berth/contract';
import { parseObject } from '../documents/parts-of.js';

export interface CatalogueRowRow {
  readonly name: string;
  readonly revision: number;
  readonly digest: string;
  readonly document: string;
  readonly updated_at: Date;
}

export function catalogueRecord(row: CatalogueRowRow): CatalogueRecord {
  const { name, revision, digest, updated_at: updatedAt } = row;
  const document = parseObject(row.document);
  return { name, revision, digest, document, row: readCatalogueRow(name, document), updatedAt };
}
