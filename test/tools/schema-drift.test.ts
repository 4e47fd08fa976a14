import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPostgres, type TestDatabase } from '../support/postgres.js';

const root = resolve(import.meta.dirname, '../..');
const schema = readFileSync(join(root, 'prisma/schema.prisma'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'berth-drift-'));

let database: TestDatabase;
beforeAll(async () => {
  database = await startPostgres();
});
afterAll(async () => {
  await database?.stop();
  rmSync(folder, { recursive: true });
});

async function drift(text: string, url = database.url): Promise<{ status: number | null; said: string }> {
  const file = join(folder, 'schema.prisma');
  writeFileSync(file, text);
  const child = spawn(process.execPath, ['tools/schema-drift.mjs', file], {
    cwd: root,
    env: { ...process.env, DATABASE_URL: url },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => (said += bytes.toString()));
  await once(child, 'close');
  return { status: child.exitCode, said };
}

test('the migrations make what the schema says', async () => {
  expect(await drift(schema)).toMatchObject({ status: 0 });
});

test.each([
  ['a column too many', schema.replace('model Vm {', 'model Vm {\n  extra String?'), 'extra'],
  ['a column too few', schema.replace(/\n {2}runId .*/, ''), 'run_id'],
  ['an index too few', schema.replace(/\n {2}@@index\(\[fleet, host, name\].*/, ''), 'host'],
  ['another type', schema.replace(/revision +Int\n/, 'revision BigInt\n'), 'revision'],
])('and the guard sees %s', async (_what, text, named) => {
  expect(text).not.toBe(schema);
  const { status, said } = await drift(text);
  expect(status).toBe(2);
  expect(said).toContain(named);
});

test.each([
  ['a schema that does not parse', () => drift('model {')],
  ['a server that does not answer', () => drift(schema, 'postgresql://127.0.0.1:1/none')],
])('%s is neither a yes nor a no', async (_what, run) => {
  expect((await run()).status).toBe(1);
});
