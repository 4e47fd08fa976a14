import 'reflect-metadata';
import { Keys, Migrations, type Role, type SweepChunks } from '@berth/application';
import { EXAMPLE_FINGERPRINT, EXAMPLE_MANIFEST } from '@berth/contract';
import { createLogger, RUNTIME, type Runtime } from '@berth/runtime';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { createApi } from '../../apps/api/src/create-api.js';
import { HttpClient } from './http-client.js';
import { openTestRuntime } from './http-runtime.js';
import { OpenApiValidator } from './openapi-validator.js';
import { migratedDatabase } from './postgres.js';

export interface StartOptions {
  /** What is done to the app before it listens. */
  readonly prepare?: (app: NestFastifyApplication) => void;
  /** The address under which the app finds the database at the one given. */
  readonly through?: (url: string) => Promise<string>;
}

/** A real API on a real Postgres, in this process; every exchange of its clients is held against its own OpenAPI document. */
export class TestApi {
  app!: NestFastifyApplication;
  url = '';
  port = 0;
  databaseUrl = '';
  admin!: HttpClient;
  runtime!: Runtime;
  validator!: OpenApiValidator;
  /** What the server logged, line by line. */
  readonly log: string[] = [];
  readonly #faults: string[] = [];
  #stop: (() => Promise<void>)[] = [];

  async start({ prepare = () => undefined, through = async (url) => url }: StartOptions = {}): Promise<void> {
    const database = await migratedDatabase();
    this.databaseUrl = database.url;
    this.#stop = [database.stop];
    const logger = createLogger('api', 'info', { write: (line: string) => void this.log.push(line) });
    const url = await through(database.url);
    this.app = await createApi(() => openTestRuntime(url, logger), logger);
    prepare(this.app);
    await this.app.listen(0, '127.0.0.1');
    this.#stop.unshift(() => this.app.close());
    this.runtime = this.app.get<Runtime>(RUNTIME);
    this.url = await this.app.getUrl();
    this.port = Number(new URL(this.url).port);
    const key = await this.app.get(Keys).ensureAdminKey();
    const document = await new HttpClient(this.url, key).get('/v1/openapi.json');
    this.validator = new OpenApiValidator(document.json);
    this.admin = new HttpClient(this.url, key, (exchange) => {
      const fault = this.validator.faultOf(exchange);
      if (fault !== undefined) this.#faults.push(fault);
    });
  }

  /** The use-case itself, for what no call does: the clock, and a second look after drift. */
  get migrations(): Migrations {
    return this.app.get(Migrations);
  }

  async stop(): Promise<void> {
    for (const stop of this.#stop) await stop();
  }

  /** Throws for the exchanges that the document did not foresee. */
  assertAsDocumented(): void {
    expect(this.#faults.splice(0)).toEqual([]);
  }

  /** A client with a new key of this role, in the admin's fleet or another one. */
  async client(role: Role, more: { host?: string; fleet?: string } = {}): Promise<HttpClient> {
    const { fleet = 'default', host } = more;
    await this.query('INSERT INTO fleet (name) VALUES ($1) ON CONFLICT DO NOTHING', [fleet]);
    const caller = { fleet, keyId: 'test', role: 'admin' as const };
    const issued = await this.app.get(Keys).issue(caller, { role, ...(host === undefined ? {} : { host }) });
    return this.admin.as(issued.key);
  }

  async putHost(host: string, more: object = {}, client = this.admin): Promise<void> {
    const { status } = await client.put(`/v1/hosts/${host}/fingerprint`, {
      ...EXAMPLE_FINGERPRINT,
      ...more,
      collectedAt: new Date().toISOString(),
    });
    expect(status).toBeLessThan(300);
  }

  async putVm(vm: string, host: string, more: object = {}, client = this.admin): Promise<void> {
    const { status } = await client.put(`/v1/vms/${vm}/manifest`, { ...EXAMPLE_MANIFEST, ...more, host });
    expect(status).toBeLessThan(300);
  }

  /** One digest over every row of every table: the same before and after what must change nothing. */
  async dump(): Promise<string> {
    // What was committed is numbered a little later: that is no change of anybody's.
    await this.query('SELECT sequence_events(100000)');
    const tables = await this.query<{ name: string }>(
      `SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND tablename <> 'service_pulse' ORDER BY 1`,
    );
    const digest = `coalesce(md5(string_agg(md5(row::text), '' ORDER BY md5(row::text))), '')`;
    const all = tables.map(({ name }) => `SELECT '${name}' AS name, ${digest} AS digest FROM ${name} AS row`);
    return (await this.query<{ name: string; digest: string }>(all.join(' UNION ALL ')))
      .map((row) => `${row.name} ${row.digest}`)
      .sort()
      .join('\n');
  }

  async query<R extends pg.QueryResultRow>(sql: string, values: readonly unknown[] = []): Promise<R[]> {
    const client = new pg.Client({ connectionString: this.databaseUrl });
    await client.connect();
    try {
      return (await client.query<R>(sql, [...values])).rows;
    } finally {
      await client.end();
    }
  }

  /** Does the work of every open chunk of a sweep, as a worker would. */
  async work(id: string, chunks: SweepChunks, fleet = 'default'): Promise<void> {
    for (let chunk = 0; chunk < 100; chunk += 1)
      if ((await chunks.run({ fleet, sweep: id, chunk })).kind === 'over') return;
  }
}

/** One API for all tests of a file. */
export function useApi(options: StartOptions = {}): TestApi {
  const api = new TestApi();
  beforeAll(() => api.start(options));
  afterEach(() => api.assertAsDocumented());
  afterAll(() => api.stop());
  return api;
}
