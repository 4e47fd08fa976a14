import type { MigrationState } from '@berth/application';
import { EXAMPLES } from '@berth/contract';
import fc, { type GeneratorValue } from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { useApi } from '../support/http-api.js';
import type { Exchange } from '../support/http-client.js';
import type { Json } from '../support/http-json-spots.js';
import { MigrationLab } from '../support/http-migrations.js';
import { type Field, MUTATIONS, type Mutant, pick, type ValidRequest, wireOf } from '../support/http-mutations.js';
import { sendWire } from '../support/http-wire.js';
import type { OpenApiOperation } from '../support/openapi-validator.js';

const CASES = 2_000;
const UNSPOILT = 300;
const MOST_CHARACTERS = 65_536;
const INSIDES =
  /node_modules|\.(?:ts|js):\d+|\/libs\/|\/apps\/|\b(?:SELECT|INSERT|UPDATE)\b|syntax error|invalid input syntax|ECONN|prisma/i;

const api = useApi();
const lab = new MigrationLab(api);
const seen = new Map<string, number>();
let requests: ValidRequest[] = [];
let made = 0;

const facts = (): { [key: string]: Json } => ({
  ...(EXAMPLES.putFingerprint.request as { [key: string]: Json }),
  collectedAt: new Date().toISOString(),
});
const manifest = (host: string): Json => ({ ...(EXAMPLES.putManifest.request as { [key: string]: Json }), host });

const catalogueRow = (name: string): Json => ({
  ...(EXAMPLES.putCatalogueRow.request as { [key: string]: Json }),
  drivers: [name],
});

/** Something for each operation to work on, and then to forget. */
async function fresh(): Promise<Record<string, string>> {
  made += 1;
  const name = `fresh-${made}`;
  const { admin } = api;
  await admin.put(`/v1/hosts/${name}/fingerprint`, facts());
  await admin.put(`/v1/hosts/${name}/fingerprint`, { ...facts(), cca: { rmm: '1.0' } });
  await admin.put(`/v1/hosts/${name}-home/fingerprint`, facts());
  await admin.put(`/v1/vms/${name}/manifest`, manifest(`${name}-home`));
  await admin.put(`/v1/vms/${name}/manifest`, { ...(manifest(`${name}-home`) as object), runId: 'second' });
  await lab.vm({}, `${name}-plain`);
  await admin.put(`/v1/catalogue/${name}`, catalogueRow(name));
  const webhook = (await admin.post('/v1/webhooks', { url: 'https://receiver.example.com' })).json.id;
  const delivery = (await admin.post(`/v1/webhooks/${webhook}/test`)).json.id;
  return { webhook, delivery, host: name, vm: name, a: '1', b: '2', check: 'cacheable-pfnmap', row: name };
}

const bodyOf: Readonly<Record<string, (name: string) => Json>> = {
  putFingerprint: () => facts(),
  sendHeartbeat: () => EXAMPLES.sendHeartbeat.request as Json,
  putManifest: (name) => manifest(`${name}-home`),
  patchHost: () => ({ labels: { rack: 'r2', spare: null }, state: 'active' }),
  patchVm: () => ({ labels: { team: 'render' } }),
  relocateVm: (name) => ({ host: name, reason: 'a test' }),
  askPreflight: (name) => ({
    vm: name,
    target: name,
    policy: 'strict',
    phases: ['vm', 'memslot'],
    expect: { vmRevision: 2, hostRevision: 2 },
  }),
  replayPreflight: () => EXAMPLES.replayPreflight.request as Json,
  evaluate: () => ({ ...(EXAMPLES.evaluate.request as { [key: string]: Json }), sourceFingerprint: facts() }),
  startSweep: (name) => ({ vms: { names: [name] }, targets: { names: [name] }, policy: 'kernel', phases: ['vm'] }),
  putCatalogueRow: catalogueRow,
  // Rules under which nothing here is answered otherwise: what they noted would be a change that nobody made.
  setShadow: () => ({ policy: 'strict', checks: { 'vcpu-pmu': 'off' }, catalogue: [] }),
  openMigration: (name) => ({ vm: `${name}-plain`, target: 'mig-target', policy: 'strict', expect: { vmRevision: 1 } }),
  verifyMigration: () => ({ bootId: 'boot of mig-target' }),
  reportMigration: () => ({
    side: 'source',
    outcome: 'failed',
    phase: 'memslot',
    errno: 'EINVAL',
    slot: 7,
    raw: 'a test',
  }),
  createWebhook: () => EXAMPLES.createWebhook.request as Json,
  patchWebhook: () => ({ url: 'https://other.example.com', types: [], description: null, state: 'enabled' }),
  rotateWebhookSecret: () => ({ overlapSeconds: 60 }),
  replayWebhook: () => ({ after: '0', through: '0000000000000001' }),
  rotateTicketKeys: () => ({ immediately: false }),
  issueKey: () => ({ role: 'agent', host: 'gh-1', label: 'a test' }),
  redriveDeadLetters: () => ({ queue: 'berth.sweep' }),
};

async function validRequest(operation: OpenApiOperation, path: Record<string, string>): Promise<ValidRequest> {
  const { operationId } = operation;
  const name = path['host'] ?? '';
  const ids = { ...path, id: await idFor(operation, name) };
  if (operationId === 'revokeKey')
    Object.assign(ids, { key: (await api.admin.post('/v1/keys', { role: 'reader' })).json.id });
  const cursor = operation.parameters.some((parameter) => parameter.name === 'cursor')
    ? await cursorFor(operation, ids)
    : undefined;
  const query =
    cursor === undefined
      ? []
      : ([
          ['limit', '1'],
          ['cursor', cursor],
        ] as const);
  return { operation, path: ids, query, body: bodyOf[operationId]?.(name) };
}

/** Where a migration must stand for the call to be good. */
const BEFORE: Readonly<Record<string, MigrationState>> = {
  getMigration: 'landed',
  verifyMigration: 'admitted',
  startMigration: 'verified',
  reportMigration: 'in-flight',
  cancelMigration: 'verified',
};

async function idFor({ path, operationId }: OpenApiOperation, name: string): Promise<string> {
  const before = BEFORE[operationId];
  if (before !== undefined) return (await lab.bring(before)).id;
  if (path.startsWith('/v1/sweeps/'))
    return (await api.admin.post('/v1/sweeps', { vms: { names: [name] }, targets: { names: [name] } })).json.id;
  return path.startsWith('/v1/preflights/')
    ? (await api.admin.post('/v1/preflights', { vm: name, target: name })).json.id
    : '';
}

async function cursorFor({ path }: OpenApiOperation, ids: Record<string, string>): Promise<string | undefined> {
  const target = path.replaceAll(/\{([a-z]+)\}/g, (_, name: string) => ids[name] ?? '');
  return (await api.admin.get(`${target}?limit=1`)).json.nextCursor;
}

beforeAll(async () => {
  await lab.prepare();
  const path = await fresh();
  await fresh();
  requests = await Promise.all(
    api.validator.operations
      .filter(({ operationId }) => operationId !== 'watchSweep')
      .map((operation) => validRequest(operation, path)),
  );
  for (const { operation, body } of requests) {
    if (operation.requestBody !== undefined)
      expect(api.validator.accepts(operation.requestBody.schema, body), operation.operationId).toBeUndefined();
  }
});

/** The same request, written differently. */
function rewritten(body: Json, draw: GeneratorValue): string {
  const shuffled = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(shuffled);
    if (typeof value !== 'object' || value === null) return value;
    const entries = draw(fc.shuffledSubarray<[string, Json]>, Object.entries(value), {
      minLength: Object.keys(value).length,
    });
    return Object.fromEntries(entries.map(([key, child]) => [key, shuffled(child)]));
  };
  const text = JSON.stringify(shuffled(body), null, pick(draw, ['', '  ', '\t']));
  const escaped = (string: string): string => string.replaceAll('r', '\\u0072');
  return draw(fc.boolean) ? text.replaceAll(/"(?:[^"\\]|\\.)*"/g, escaped) : text;
}

/** Calls after which what they named is no longer as it was. */
const SPENDS = /^(?:delete|revoke|cancel|put|relocate|open|verify|start|report)/;

async function unspoilt({ operation }: ValidRequest): Promise<ValidRequest> {
  const request = await validRequest(operation, await fresh());
  if (operation.operationId === 'deleteHost') await api.admin.delete(`/v1/vms/${request.path['vm']}`);
  return request;
}

test('what is not spoilt is accepted', async () => {
  let accepted = 0;
  const refused: string[] = [];
  for (const [known, draw] of fc.sample(fc.tuple(fc.constantFrom(...requests), fc.gen()), UNSPOILT)) {
    const request = SPENDS.test(known.operation.operationId) ? await unspoilt(known) : known;
    const body = request.body === undefined ? undefined : Buffer.from(rewritten(request.body, draw));
    const answer = await sendWire(api.port, wireOf(request, api.admin.key ?? '', body));
    if (answer.status < 400) accepted += 1;
    else refused.push(`${known.operation.operationId}: ${answer.status} ${answer.text.slice(0, 300)}`);
  }
  expect(accepted / UNSPOILT, refused.slice(0, 5).join('\n')).toBeGreaterThanOrEqual(0.99);
}, 300_000);

/** A spoilt request that no reader could take for a good one. */
function draw(g: GeneratorValue): readonly [string, ValidRequest, Mutant] {
  for (;;) {
    const request = pick(g, requests);
    const name = pick(g, Object.keys(MUTATIONS));
    const mutant = MUTATIONS[name]?.(request, g, api.admin.key ?? '');
    if (mutant === undefined || isGood(name, request, mutant)) continue;
    return [name, request, mutant];
  }
}

function isGood(name: string, { operation }: ValidRequest, { wire, body }: Mutant): boolean {
  if (name === 'empty body' && operation.requestBody?.required === false) return true;
  if (body !== undefined) return api.validator.accepts(operation.requestBody?.schema ?? {}, body) === undefined;
  return name === 'wrong verb' && api.validator.operationFor(wire.method, wire.target) !== undefined;
}

function names(errors: readonly Field[], field: Field): boolean {
  if (field.parameter !== undefined) return errors.some(({ parameter }) => parameter === field.parameter);
  const { pointer = '' } = field;
  // a fault of a whole, such as a selector of no kind, is named where the whole is
  return errors.some(
    (error) => error.pointer !== undefined && (error.pointer.startsWith(pointer) || pointer.startsWith(error.pointer)),
  );
}

function check(what: string, answer: Exchange, mutant: Mutant): void {
  const about = `${what}: ${mutant.wire.method} ${mutant.wire.target.slice(0, 200)} ${mutant.wire.body?.toString().slice(0, 300) ?? ''} → ${answer.status} ${answer.text.slice(0, 500)}`;
  expect(answer.status, about).toBeGreaterThanOrEqual(400);
  expect(answer.status, about).toBeLessThan(500);
  expect(answer.headers.get('content-type'), about).toContain('application/problem+json');
  expect(api.validator.accepts({ $ref: '#/components/schemas/Problem' }, answer.json), about).toBeUndefined();
  expect(answer.text.length, about).toBeLessThanOrEqual(MOST_CHARACTERS);
  expect(answer.text, about).not.toMatch(INSIDES);
  if (mutant.field !== undefined)
    expect(names((answer.json as { errors?: Field[] }).errors ?? [], mutant.field), about).toBe(true);
}

test(`${CASES} spoilt requests are refused, name what is wrong, and change nothing`, async () => {
  const before = await api.dump();
  await fc.assert(
    fc.asyncProperty(fc.gen(), async (g) => {
      const [name, { operation }, mutant] = draw(g);
      const answer = await sendWire(api.port, mutant.wire);
      // a cursor only says where a list goes on: another place in one's own list is as good
      if (name === 'bad cursor' && answer.status === 200) return;
      check(`${name} in ${operation.operationId}`, answer, mutant);
      const { code } = answer.json as { code: string };
      seen.set(code, (seen.get(code) ?? 0) + 1);
    }),
    { numRuns: CASES, endOnFailure: true },
  );
  expect(await api.dump()).toBe(before);
  expect(Object.keys(Object.prototype)).toEqual([]);
}, 300_000);

test('the spoilt requests met every code that they could', () => {
  const met = [
    'BAD_REQUEST',
    'INVALID_JSON',
    'INVALID_QUERY',
    'CURSOR_INVALID',
    'UNAUTHENTICATED',
    'METHOD_NOT_ALLOWED',
    'BODY_TOO_LARGE',
    'URI_TOO_LONG',
    'UNSUPPORTED_MEDIA_TYPE',
    'INVALID_DOCUMENT',
    'DUPLICATE_KEY',
    'NUL_IN_TEXT',
    'LONE_SURROGATE',
    'TOO_DEEP',
    'NUMBER_RANGE',
    'HEADERS_TOO_LARGE',
  ];
  expect([...seen.keys()]).toEqual(expect.arrayContaining(met));
});
