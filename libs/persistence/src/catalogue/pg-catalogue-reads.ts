import type { AddedRows, CatalogueReads } from '@berth/application';
import type { Link, Statement } from '../database/link.js';
import { orUndefined } from '../database/or-undefined.js';
import { type CatalogueRowRow, catalogueRecord } from './catalogue-record.js';

const DIGEST: Statement = { name: 'catalogue-digest', text: 'SELECT digest FROM catalogue WHERE fleet = $1' };

// One statement, so that the digest is that of the rows.
const LIST: Statement = {
  name: 'catalogue-list',
  text: `SELECT c.digest AS standing, r.name, r.revision, r.digest, r.document, r.updated_at
FROM catalogue c JOIN catalogue_row r ON r.fleet = c.fleet WHERE c.fleet = $1 ORDER BY r.name`,
};

export class PgCatalogueReads implements CatalogueReads {
  constructor(private readonly link: Link) {}

  async digest(fleet: string): Promise<string | undefined> {
    const row = await this.link.row<{ digest: string | null }>(DIGEST, [fleet]);
    return orUndefined(row?.digest ?? null);
  }

  async list(fleet: string): Promise<AddedRows> {
    const rows = await this.link.rows<CatalogueRowRow & { standing: string }>(LIST, [fleet]);
    return { digest: rows[0]?.standing, rows: rows.map(catalogueRecord) };
  }
}
