import { EXAMPLE_FINGERPRINT, EXAMPLE_MANIFEST, EXAMPLES, type Example } from '@berth/contract';
import { beforeAll, expect, test } from 'vitest';
import { useApi } from '../support/http-api.js';
import { MigrationLab } from '../support/http-migrations.js';
import { MIGRATABLE_HOST } from '../support/migratable.js';

const api = useApi();
const places: Record<string, string> = {
  host: 'gh-09',
  vm: 'vm-42',
  a: '1',
  b: '2',
  check: 'cacheable-pfnmap',
  row: 'acme-memory',
};

/** So that what the examples name is there. */
beforeAll(async () => {
  const { admin } = api;
  for (const host of ['gh-03', 'gh-04', 'gh-09']) {
    const first = await admin.put(`/v1/hosts/${host}/fingerprint`, {
      ...(EXAMPLES.putFingerprint.request as object),
      collectedAt: '2026-11-20T06:00:00Z',
      vmm: { name: 'qemu' },
    });
    expect(first.status).toBe(201);
  }
  await admin.put('/v1/vms/vm-42/manifest', EXAMPLE_MANIFEST);
  await admin.patch('/v1/vms/vm-42', { labels: { team: 'render' } });
  await prepareMigrations();
  places['key'] = (await admin.post('/v1/keys', { role: 'reader' })).json.id;
  places['webhook'] = (await admin.post('/v1/webhooks', { url: 'https://receiver.example.com' })).json.id;
  places['delivery'] = (await admin.post(`/v1/webhooks/${places['webhook']}/test`)).json.id;
  places['event'] = (await admin.get('/v1/events')).json.items[0].id;
});

/** The VM of the examples on two hosts that could run it, and another migration to be cancelled. */
async function prepareMigrations(): Promise<void> {
  const lab = new MigrationLab(api);
  for (const host of ['gh-05', 'gh-06'])
    await lab.host(host, { ...MIGRATABLE_HOST, bootId: EXAMPLE_FINGERPRINT['bootId'] });
  for (const vm of ['vm-17', 'vm-18']) await lab.vm({ host: 'gh-05' }, vm);
  places['cancelMigration'] = (await lab.open('vm-18', { target: 'gh-06' })).json.id;
}

/** Which of the things that have an id the call is about. */
function idFor(operationId: string, path: string): string | undefined {
  if (path.startsWith('/v1/migrations')) return places[operationId] ?? places['migration'];
  return path.startsWith('/v1/sweeps') ? places['sweep'] : places['preflight'];
}

/** What is asked before what depends on it; what forgets comes last. */
const ORDER = [
  'putFingerprint',
  'sendHeartbeat',
  'putManifest',
  'askPreflight',
  'startSweep',
  'openMigration',
  'verifyMigration',
  'startMigration',
  'reportMigration',
];
const LAST = ['cancelSweep', 'relocateVm', 'deleteVm', 'deleteHost', 'revokeKey', 'deleteWebhook'];

const rank = (id: string): number => (ORDER.includes(id) ? ORDER.indexOf(id) - ORDER.length : LAST.indexOf(id) + 1);

// what `watchSweep` answers is a stream; the dialogues of the sweeps read it
const ids = Object.keys(EXAMPLES)
  .filter((id) => id !== 'watchSweep')
  .sort((a, b) => rank(a) - rank(b));

test.each(ids)('%s', async (operationId) => {
  const example: Example = EXAMPLES[operationId as keyof typeof EXAMPLES];
  const { method, path, requestBody, responses } = api.validator.operation(operationId);
  const id = idFor(operationId, path);
  const target = path.replaceAll(/\{([a-z]+)\}/g, (_, name: string) => (name === 'id' ? id : places[name]) ?? '?');
  if (example.request !== undefined)
    expect(api.validator.accepts(requestBody?.schema ?? {}, example.request)).toBeUndefined();
  // the revisions that the example expects belong to another fleet's history
  const body =
    operationId === 'askPreflight'
      ? { ...(example.request as object), expect: { vmRevision: 1, hostRevision: 2 } }
      : example.request;
  const answer = await api.admin.call(method, target, body === undefined ? {} : { body });
  expect(answer.text.slice(0, 500)).not.toContain('problem:');
  expect(answer.status).toBe(example.status);
  const schema = (
    responses[String(example.status)]?.['content'] as Record<string, { schema: Record<string, unknown> }> | undefined
  )?.['application/json']?.schema;
  if (schema !== undefined) expect(api.validator.accepts(schema, example.response)).toBeUndefined();
  if (operationId === 'askPreflight') places['preflight'] = answer.json.id;
  if (operationId === 'openMigration') places['migration'] = answer.json.id;
  if (operationId === 'startSweep') places['sweep'] = answer.json.id;
});
