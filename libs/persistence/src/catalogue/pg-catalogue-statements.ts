import type { CatalogueRecord, CatalogueRowSubmission, CatalogueStatements } from '@berth/application';
import { catalogueDigest } from '@berth/contract';
import type { Link, Statement } from '../database/link.js';
import { type CatalogueRowRow, catalogueRecord } from './catalogue-record.js';

// The fleet's row, since there may be none of the catalogue yet. Those who make a name of this fleet do not wait for it.
const LOCK: Statement = { name: 'catalogue-lock', text: 'SELECT FROM fleet WHERE name = $1 FOR NO KEY UPDATE' };

const ROWS: Statement = {
  name: 'catalogue-rows',
  text: 'SELECT name, revision, digest, document, updated_at FROM catalogue_row WHERE fleet = $1 ORDER BY name',
};

const MOVED = `INSERT INTO catalogue AS c (fleet, version) VALUES ($1, 1)
  ON CONFLICT (fleet) DO UPDATE SET version = c.version + 1 RETURNING version`;

// $3 digest, $4 document
const PUT: Statement = {
  name: 'catalogue-put',
  text: `WITH moved AS (${MOVED})
INSERT INTO catalogue_row (fleet, name, revision, digest, document) SELECT $1, $2, version, $3, $4 FROM moved
ON CONFLICT (fleet, name) DO UPDATE
  SET revision = excluded.revision, digest = excluded.digest, document = excluded.document, updated_at = clock_timestamp()
RETURNING revision`,
};

const REMOVE: Statement = {
  name: 'catalogue-remove',
  text: `WITH moved AS (${MOVED}) DELETE FROM catalogue_row WHERE fleet = $1 AND name = $2`,
};

// $2 digest, $3 document; both null where no row is left
const STAND: Statement = {
  name: 'catalogue-stand',
  text: `WITH document AS (
  INSERT INTO catalogue_document (fleet, digest, document) SELECT $1, $2::text, $3::text WHERE $2::text IS NOT NULL ON CONFLICT DO NOTHING)
UPDATE catalogue SET digest = $2::text WHERE fleet = $1`,
};

export class PgCatalogueStatements implements CatalogueStatements {
  constructor(private readonly link: Link) {}

  async lock(fleet: string): Promise<readonly CatalogueRecord[]> {
    await this.link.touch(LOCK, [fleet]);
    return this.rows(fleet);
  }

  async put(fleet: string, name: string, { digest, document }: CatalogueRowSubmission): Promise<number> {
    const row = await this.link.row<{ revision: number }>(PUT, [fleet, name, digest, JSON.stringify(document)]);
    if (row === undefined) throw new Error(`row \`${name}\` was put and is not there`);
    await this.stand(fleet);
    return row.revision;
  }

  async remove(fleet: string, name: string): Promise<void> {
    await this.link.touch(REMOVE, [fleet, name]);
    await this.stand(fleet);
  }

  private async rows(fleet: string): Promise<readonly CatalogueRecord[]> {
    return (await this.link.rows<CatalogueRowRow>(ROWS, [fleet])).map(catalogueRecord);
  }

  /** From now on questions are asked under the rows as they are now. */
  private async stand(fleet: string): Promise<void> {
    const rows = (await this.rows(fleet)).map(({ name, document }) => ({ row: name, ...document }));
    const standing = rows.length === 0 ? [null, null] : [catalogueDigest(rows), JSON.stringify(rows)];
    await this.link.touch(STAND, [fleet, ...standing]);
  }
}
