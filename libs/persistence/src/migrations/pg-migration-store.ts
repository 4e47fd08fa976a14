import type { MigrationFilter, MigrationRecord, MigrationRef, MigrationStore } from '@berth/application';
import type { Link, Statement } from '../database/link.js';
import type { MigrationRow } from './migration-rows.js';
import { COLUMNS, DUE, FIND, OPEN_OF_HOST, OPEN_OF_VM } from './migration-sql.js';
import { withHistory } from './read-migrations.js';

const FILTERS = ['state', 'vm', 'source', 'target'] as const;

export class PgMigrationStore implements MigrationStore {
  constructor(private readonly link: Link) {}

  async find(fleet: string, id: string): Promise<MigrationRecord | undefined> {
    const rows = await this.link.rows<MigrationRow>(FIND, [fleet, id]);
    return (await withHistory(this.link, fleet, rows))[0];
  }

  async page(
    fleet: string,
    filter: MigrationFilter,
    before: string | undefined,
    limit: number,
  ): Promise<readonly MigrationRecord[]> {
    const { statement, values } = pageOf(filter, before !== undefined);
    const rows = await this.link.rows<MigrationRow>(statement, [
      fleet,
      limit,
      ...(before === undefined ? [] : [before]),
      ...values,
    ]);
    return withHistory(this.link, fleet, rows);
  }

  async openOn(fleet: string, on: { readonly vm: string } | { readonly host: string }): Promise<readonly string[]> {
    const rows = await ('vm' in on
      ? this.link.rows<{ id: string }>(OPEN_OF_VM, [fleet, on.vm])
      : this.link.rows<{ id: string }>(OPEN_OF_HOST, [fleet, on.host]));
    return rows.map((row) => row.id);
  }

  async due(limit: number): Promise<readonly MigrationRef[]> {
    const rows = await this.link.rows<MigrationRef & object>(DUE, [limit]);
    return rows.map(({ fleet, id }) => ({ fleet, id }));
  }
}

/** A statement for each set of filters, so that the server plans each with the index that fits it. */
function pageOf(filter: MigrationFilter, goesOn: boolean): { statement: Statement; values: readonly string[] } {
  const asked = FILTERS.flatMap((name) => (filter[name] === undefined ? [] : [{ name, value: filter[name] }]));
  const first = goesOn ? 4 : 3;
  const conditions = [
    ...(goesOn ? ['id < $3'] : []),
    ...asked.map(({ name }, index) => `${name} = $${first + index}`),
  ].map((condition) => ` AND ${condition}`);
  const statement = {
    name: ['migration-page', ...(goesOn ? ['on'] : []), ...asked.map(({ name }) => name)].join('-'),
    text: `SELECT ${COLUMNS} FROM migration WHERE fleet = $1${conditions.join('')} ORDER BY id DESC LIMIT $2`,
  };
  return { statement, values: asked.map(({ value }) => value) };
}
