#!/usr/bin/env node
// Stands in for Prisma's schema engine, a binary that the CLI would otherwise download before any command: the same engine,
// built as WASM, over the `pg` driver, speaking the CLI's JSON-RPC on stdin and stdout. Point PRISMA_SCHEMA_ENGINE_BINARY here.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import pg from 'pg';

const REFUSED = 4466;
const PANICKED = 101;
const CHAR_OID = 18;
const CHAR_ARRAY_OID = 1002;
const TEXT_OID = 25;
const TEXT_ARRAY_OID = 1009;
const CHARACTER_COLUMN = 6;

let panic = '';
let current = null;

const send = (message, then) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`, then);
const refusal = (message, more = {}) => ({
  code: REFUSED,
  message: 'An error happened. Check the data field for details.',
  data: { is_panic: false, message, ...more },
});

// A panic in WASM leaves the call pending for ever, and the CLI then exits 0 in silence: a drift check that always passes.
globalThis.PRISMA_WASM_PANIC_REGISTRY = {
  set_message: (message) => {
    panic = message;
  },
};
process.on('uncaughtException', (error) =>
  send({ id: current, error: refusal(panic || error.message) }, () => process.exit(PANICKED)),
);

async function startEngine() {
  const file = new URL('schema_engine_bg.wasm', import.meta.resolve('@prisma/schema-engine-wasm'));
  const { instance } = await WebAssembly.instantiate(readFileSync(file), { './schema_engine_bg.js': bindings });
  bindings.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
}

function readArguments(argv) {
  const models = [];
  let url = process.env.DATABASE_URL;
  for (const [index, argument] of argv.entries()) {
    if (argument === '--datamodels') models.push(argv[index + 1]);
    if (argument === '--datasource') url = JSON.parse(argv[index + 1]).url ?? url;
  }
  const cli = argv.indexOf('cli');
  return { models, url: url ?? 'postgresql://127.0.0.1:1/none', command: cli < 0 ? undefined : argv[cli + 1] };
}

// Apart, not as a connection string: of the two, pg would take the string's database, and the shadow database would be the main one.
function connectionOf(text) {
  const url = new URL(text);
  return {
    host: url.hostname,
    port: Number(url.port || 5432),
    user: decodeURIComponent(url.username) || undefined,
    password: decodeURIComponent(url.password) || undefined,
    database: decodeURIComponent(url.pathname.slice(1)),
  };
}

// The adapter does not know the internal type "char": it is read as text and handed on as what the engine wants.
const characterColumns = new Set();
class CharacterClient extends pg.Client {
  constructor(config) {
    super(config);
    this.connection.prependListener('rowDescription', ({ fields }) => {
      for (const field of fields) {
        if (field.dataTypeID === CHAR_OID) {
          characterColumns.add(field.name);
          field.dataTypeID = TEXT_OID;
        } else if (field.dataTypeID === CHAR_ARRAY_OID) field.dataTypeID = TEXT_ARRAY_OID;
      }
    });
  }
}

function adapted(adapter) {
  const query = adapter.queryRaw.bind(adapter);
  adapter.queryRaw = async (request) => {
    // Postgres 18 lists NOT NULL as a constraint, on which the engine panics.
    const sql = request.sql.replace("contype NOT IN ('p', 'u', 'f')", "contype IN ('c', 'x')");
    const result = await query({ ...request, sql });
    for (const [index, name] of result.columnNames.entries())
      if (characterColumns.has(name)) result.columnTypes[index] = CHARACTER_COLUMN;
    return result;
  };
  // The adapter's own splits at every semicolon, also within a function's body.
  adapter.executeScript = async (script) => void (await adapter.underlyingDriver().query(script));
  return adapter;
}

class Factory extends PrismaPg {
  constructor(config) {
    super(config);
    this.settings = config;
  }

  async connect() {
    return adapted(await super.connect());
  }

  // The shadow's own pool is closed before it is dropped: a database in use cannot be.
  async connectToShadowDb() {
    const name = `prisma_migrate_shadow_db_${crypto.randomUUID()}`;
    const admin = await this.connect();
    await admin.executeScript(`CREATE DATABASE "${name}"`);
    const shadow = adapted(await new PrismaPg({ ...this.settings, database: name }).connect());
    const close = shadow.dispose.bind(shadow);
    shadow.dispose = async () => {
      await close();
      await admin.executeScript(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
      await admin.dispose();
    };
    return shadow;
  }
}

async function once(connection, database, sql) {
  const client = new pg.Client({ ...connection, database });
  await client.connect();
  if (sql !== undefined) await client.query(sql);
  await client.end();
}

/** can-connect-to-database | create-database | drop-database */
async function runCommand(command, connection) {
  const name = `"${connection.database.replaceAll('"', '""')}"`;
  try {
    if (command === 'can-connect-to-database') await once(connection, connection.database);
    else await once(connection, 'postgres', `${command === 'create-database' ? 'CREATE' : 'DROP'} DATABASE ${name}`);
    process.exit(0);
  } catch (error) {
    const fields = { error_code: error.code === '3D000' ? 'P1003' : 'P1001', message: error.message, is_panic: false };
    // The CLI skips the first line of stderr.
    console.error(`\n${JSON.stringify({ level: 'ERROR', target: 'schema_engine::logger', fields })}`);
    process.exit(1);
  }
}

function datamodelOf(encoded) {
  const text = Buffer.from(encoded, 'base64').toString();
  return text.startsWith('[') ? JSON.parse(text) : ['schema.prisma', text];
}

let engine;
let printed = 1_000_000;

async function answer({ id, method, params }, open) {
  current = id;
  try {
    engine ??= await open();
    const result = await engine[method === 'getDatabaseVersion' ? 'version' : method](params);
    if (method === 'diff' && result.stdout) {
      send({ id: printed, method: 'print', params: { content: result.stdout } });
      printed += 1;
    }
    send({ id, result: result ?? null });
  } catch (error) {
    const more = { error_code: error?.code, meta: error?.meta ?? null, backtrace: null };
    send({ id, error: refusal(String(error?.message ?? error), more) });
  }
}

async function serve(models, connection) {
  const factory = bindMigrationAwareSqlAdapterFactory(new Factory({ ...connection, Client: CharacterClient, max: 4 }));
  const datamodels = models.length > 0 ? models.map(datamodelOf) : undefined;
  const open = () => bindings.SchemaEngine.new({ datamodels }, () => {}, factory);
  for await (const line of createInterface({ input: process.stdin })) {
    const request = line.trim() === '' ? {} : JSON.parse(line);
    // What has no method is the CLI's answer to something printed.
    if (request.method !== undefined) await answer(request, open);
  }
  process.exit(0);
}

await startEngine();
const argv = process.argv.slice(2);
if (argv.includes('--version')) {
  console.log(`schema-engine-wasm ${bindings.version()}`);
  process.exit(0);
}
const { models, url, command } = readArguments(argv);
if (command !== undefined) await runCommand(command, connectionOf(url));
else await serve(models, connectionOf(url));
