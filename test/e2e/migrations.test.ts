import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { BerthProcess, freePort } from '../support/berth-process.js';
import type { HttpClient } from '../support/http-client.js';
import { MIGRATABLE_HOST, MIGRATABLE_VM } from '../support/migratable.js';

const ended: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0)) await end();
});

async function start(env: Readonly<Record<string, string>>): Promise<HttpClient> {
  const dir = mkdtempSync(join(tmpdir(), 'berth-migrations-'));
  const berth = new BerthProcess({ dataDir: join(dir, 'data'), port: await freePort(), env });
  ended.push(async () => {
    await berth.end();
    rmSync(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  });
  await berth.ready();
  return berth.client();
}

/** Two hosts and a VM on the first. */
async function prepare(client: HttpClient): Promise<void> {
  for (const host of ['gh-01', 'gh-02']) {
    const names = { schema: 'berth.fingerprint/1', machineId: `machine of ${host}`, bootId: `boot of ${host}` };
    const document = { ...names, ...MIGRATABLE_HOST };
    const put = await client.put(`/v1/hosts/${host}/fingerprint`, {
      ...document,
      collectedAt: new Date().toISOString(),
    });
    expect([put.status, put.text]).toEqual([201, expect.any(String)]);
  }
  const manifest = { schema: 'berth.manifest/1', ...MIGRATABLE_VM, host: 'gh-01' };
  expect((await client.put('/v1/vms/vm-1/manifest', manifest)).status).toBe(201);
}

const becomes = (client: HttpClient, id: string) =>
  expect.poll(async () => (await client.get(`/v1/migrations/${id}`)).json.state, { timeout: 30_000, interval: 100 });

test('time alone revokes what was not started, and takes nothing for failed that was', async () => {
  const client = await start({ BERTH_TICKET_TTL: '4s', BERTH_MIGRATION_DEADLINE: '1s' });
  await prepare(client);
  const waiting = (await client.post('/v1/migrations', { vm: 'vm-1', target: 'gh-02' })).json;
  await becomes(client, waiting.id).toBe('revoked');

  const { id } = (await client.post('/v1/migrations', { vm: 'vm-1', target: 'gh-02' })).json;
  for (const act of ['verify', 'start']) expect((await client.post(`/v1/migrations/${id}/${act}`)).status).toBe(200);
  await becomes(client, id).toBe('unreported');
  expect((await client.get('/v1/vms/vm-1')).json).toMatchObject({
    host: 'gh-01',
    openMigration: id,
    mayRunOn: ['gh-01', 'gh-02'],
  });
  for (const side of ['source', 'target'])
    expect((await client.post(`/v1/migrations/${id}/report`, { side, outcome: 'landed' })).status).toBe(200);
  expect((await client.get('/v1/vms/vm-1')).json).toMatchObject({ host: 'gh-02', openMigration: null });
}, 90_000);
