import type { Pool, PoolClient, QueryResult, QueryResultRow } from 'pg';
import { asUnavailable } from './availability.js';

/** A statement that the server plans once per connection, under its name. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** Where statements go: one connection, inside a transaction, or any of the pool. */
export class Link {
  constructor(private readonly connection: Pool | PoolClient) {}

  async query<R extends QueryResultRow>(statement: Statement, values: readonly unknown[]): Promise<QueryResult<R>> {
    try {
      return await this.connection.query<R>({ ...statement, values: [...values] });
    } catch (error) {
      throw asUnavailable(error);
    }
  }

  async rows<R extends QueryResultRow>(statement: Statement, values: readonly unknown[]): Promise<readonly R[]> {
    return (await this.query<R>(statement, values)).rows;
  }

  async row<R extends QueryResultRow>(statement: Statement, values: readonly unknown[]): Promise<R | undefined> {
    return (await this.query<R>(statement, values)).rows[0];
  }

  /** How many rows the statement touched. */
  async touch(statement: Statement, values: readonly unknown[]): Promise<number> {
    return (await this.query(statement, values)).rowCount ?? 0;
  }
}
