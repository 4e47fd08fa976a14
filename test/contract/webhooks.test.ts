import { beforeAll, describe, expect, test } from 'vitest';
import { useApi } from '../support/http-api.js';
import type { Exchange } from '../support/http-client.js';

const api = useApi();
const url = 'https://receiver.example.com/hook';
const UNKNOWN = '0199a3c4-5d1e-7c3a-9b1f-2a6f0c8d4e11';

const make = async (body: object = { url }): Promise<Exchange> => api.admin.post('/v1/webhooks', body);
const made = async (body?: object): Promise<string> => (await make(body)).json.id;

beforeAll(async () => {
  for (const host of ['gh-1', 'gh-2', 'gh-3']) await api.putHost(host);
});

describe('a webhook', () => {
  test('is made with a secret that is shown this once', async () => {
    const types = ['dev.berth.host.changed.v1'];
    const answer = await make({ url, types, description: 'the scheduler' });
    expect([answer.status, answer.headers.get('location'), answer.headers.get('cache-control')]).toEqual([
      201,
      `/v1/webhooks/${answer.json.id}`,
      'no-store',
    ]);
    const { secret, ...rest } = answer.json;
    expect(secret).toMatch(/^whsec_/);
    expect(rest).toMatchObject({ url, types, description: 'the scheduler', state: 'enabled', pending: 0 });
    expect((await api.admin.get(`/v1/webhooks/${rest.id}`)).json).toEqual(rest);
    const all = await api.admin.get('/v1/webhooks?limit=1000');
    expect(all.json.items.find(({ id }: { id: string }) => id === rest.id)).toEqual(rest);
    expect(all.text).not.toContain(secret);
  });

  test('is listed page by page', async () => {
    const ids = [await made(), await made(), await made()];
    const seen: string[] = [];
    for (let cursor = ''; ; ) {
      const page = await api.admin.get(`/v1/webhooks?limit=2${cursor}`);
      seen.push(...page.json.items.map(({ id }: { id: string }) => id));
      if (page.json.nextCursor === undefined) break;
      cursor = `&cursor=${page.json.nextCursor}`;
    }
    expect(seen).toEqual(expect.arrayContaining(ids));
    expect(new Set(seen).size).toBe(seen.length);
  });

  test('is not listed from behind what was never a webhook', async () => {
    const cursor = Buffer.from(JSON.stringify({ l: 'webhooks', k: 'NaN' })).toString('base64url');
    const answer = await api.admin.get(`/v1/webhooks?cursor=${cursor}`);
    expect([answer.status, answer.json.code]).toEqual([400, 'CURSOR_INVALID']);
  });

  test('is changed by what is said, and keeps the rest', async () => {
    const id = await made({ url, description: 'first' });
    const patch = (body: object) => api.admin.patch(`/v1/webhooks/${id}`, body);
    expect((await patch({ types: ['dev.berth.vm.removed.v1'] })).json).toMatchObject({
      url,
      description: 'first',
      types: ['dev.berth.vm.removed.v1'],
    });
    expect((await patch({ description: null, types: [] })).json).toMatchObject({ description: null, types: [] });
    expect((await patch({ state: 'disabled' })).json).toMatchObject({ state: 'disabled', disabledWhy: 'asked' });
    expect((await patch({ url: 'https://other.example.com/' })).json).toMatchObject({
      url: 'https://other.example.com/',
      state: 'disabled',
    });
    expect((await patch({ state: 'enabled' })).json).toMatchObject({ state: 'enabled', disabledWhy: null });
    const told = (await api.admin.get(`/v1/events?subject=webhooks/${id}`)).json.items;
    expect(told.map(({ data }: { data: object }) => data)).toEqual([{ webhook: id, why: 'asked' }]);
  });

  test('leads to the outside only, and says why not', async () => {
    for (const [wrong, why] of [
      ['http://receiver.example.com/', 'must begin with `https://`'],
      ['https://127.0.0.1/', 'is at 127.0.0.1'],
      ['https://[::ffff:169.254.169.254]/', 'where nothing is sent'],
      ['https://user:secret@receiver.example.com/', 'user or a password'],
    ]) {
      const refused = await make({ url: wrong });
      expect([refused.status, refused.json.code, refused.json.errors[0].pointer], wrong).toEqual([
        422,
        'ADDRESS_REFUSED',
        '/url',
      ]);
      expect(refused.json.detail, wrong).toContain(why);
      expect(refused.text).not.toContain('secret');
    }
    const id = await made();
    expect((await api.admin.patch(`/v1/webhooks/${id}`, { url: 'https://10.0.0.1/' })).json.code).toBe(
      'ADDRESS_REFUSED',
    );
    expect((await api.admin.get(`/v1/webhooks/${id}`)).json.url).toBe(url);
  });

  test('of no form is refused, field by field', async () => {
    const cases: readonly (readonly [object, string])[] = [
      [{}, '/url'],
      [{ url: 'scheduler' }, '/url'],
      [{ url: `${url}\u0000` }, '/url'],
      [{ url, types: ['host.changed'] }, '/types/0'],
      [{ url, types: 'all' }, '/types'],
      [{ url, secret: 'whsec_mine' }, '/secret'],
      [{ url, description: '' }, '/description'],
    ];
    for (const [body, pointer] of cases) {
      const refused = await make(body);
      expect(refused.status, JSON.stringify(body)).toBe(422);
      if (refused.json.code === 'INVALID_DOCUMENT') expect(refused.json.errors[0].pointer).toBe(pointer);
      else expect(refused.json.code).toBe('NUL_IN_TEXT');
    }
  });

  test('has its secret changed, and the old one signs for as long as is said', async () => {
    const first = (await make()).json;
    const rotate = (body?: object) => api.admin.post(`/v1/webhooks/${first.id}/rotate`, body);
    const day = await rotate();
    expect(day.headers.get('cache-control')).toBe('no-store');
    expect(day.json.secret).not.toBe(first.secret);
    const until = Date.parse(day.json.oldSecretUntil) - Date.now();
    expect(Math.round(until / 3_600_000)).toBe(24);
    expect((await rotate({ overlapSeconds: 0 })).json.oldSecretUntil).toBeNull();
    expect((await rotate({ overlapSeconds: 8 * 86_400 })).json.errors[0].pointer).toBe('/overlapSeconds');
  });

  test('is forgotten with all that was on its way', async () => {
    const id = await made();
    await api.admin.post(`/v1/webhooks/${id}/test`);
    expect((await api.admin.delete(`/v1/webhooks/${id}`)).status).toBe(204);
    expect((await api.admin.delete(`/v1/webhooks/${id}`)).json.code).toBe('WEBHOOK_UNKNOWN');
    expect(await api.query('SELECT FROM webhook_delivery WHERE webhook = $1', [id])).toEqual([]);
  });

  test('that nobody has is unknown, of whatever form its id is', async () => {
    for (const id of [UNKNOWN, 'x', '1', 'constructor']) {
      for (const path of ['', '/deliveries', '/deliveries/1'])
        expect((await api.admin.get(`/v1/webhooks/${id}${path}`)).json.code).toBe('WEBHOOK_UNKNOWN');
      for (const [path, body] of [
        ['/rotate', undefined],
        ['/test', undefined],
        ['/replay', { after: '0' }],
      ] as const)
        expect((await api.admin.post(`/v1/webhooks/${id}${path}`, body)).json.code).toBe('WEBHOOK_UNKNOWN');
      expect((await api.admin.patch(`/v1/webhooks/${id}`, {})).json.code).toBe('WEBHOOK_UNKNOWN');
    }
  });

  test('is an operator’s, and not for those below', async () => {
    const [reader, orchestrator, operator] = await Promise.all(
      (['reader', 'orchestrator', 'operator'] as const).map((role) => api.client(role)),
    );
    expect((await reader?.get('/v1/webhooks'))?.status).toBe(403);
    expect((await orchestrator?.post('/v1/webhooks', { url }))?.status).toBe(403);
    expect((await operator?.post('/v1/webhooks', { url }))?.status).toBe(201);
  });
});

describe('deliveries', () => {
  test('of tests and replays are there to be looked at', async () => {
    const id = await made();
    const test = await api.admin.post(`/v1/webhooks/${id}/test`);
    expect([test.status, test.headers.get('location')]).toEqual([202, `/v1/webhooks/${id}/deliveries/1`]);
    expect(test.json).toMatchObject({
      kind: 'test',
      state: 'pending',
      type: 'dev.berth.webhook.test.v1',
      attempts: [],
    });
    const { items } = (await api.admin.get('/v1/events?subject=hosts/gh-1')).json;
    const replay = (body: object) => api.admin.post(`/v1/webhooks/${id}/replay`, body);
    expect((await replay({ event: items[0].id })).json).toEqual({ queued: 1, through: null });
    expect((await replay({ after: '0', through: '0000000000000002' })).json).toEqual({
      queued: 2,
      through: '0000000000000002',
    });
    const first = (await api.admin.get(`/v1/webhooks/${id}/deliveries?limit=3`)).json;
    expect(first.items.map(({ id: number, kind }: { id: string; kind: string }) => `${number} ${kind}`)).toEqual([
      '4 replay',
      '3 replay',
      '2 replay',
    ]);
    const rest = (await api.admin.get(`/v1/webhooks/${id}/deliveries?cursor=${first.nextCursor}`)).json;
    expect(rest.items).toEqual([test.json]);
    expect((await api.admin.get(`/v1/webhooks/${id}/deliveries?state=delivered`)).json).toEqual({ items: [] });
    expect((await api.admin.get(`/v1/webhooks/${id}/deliveries/2`)).json).toMatchObject({ event: items[0].id });
    expect((await api.admin.get(`/v1/webhooks/${id}/deliveries/9`)).json.code).toBe('DELIVERY_UNKNOWN');
    expect((await api.admin.get(`/v1/webhooks/${id}/deliveries/x`)).json.code).toBe('DELIVERY_UNKNOWN');
    const other = await made();
    expect((await api.admin.get(`/v1/webhooks/${other}/deliveries?cursor=${first.nextCursor}`)).json.code).toBe(
      'CURSOR_INVALID',
    );
  });

  test('are asked for again in one of two ways', async () => {
    const id = await made();
    const replay = async (body: object) => (await api.admin.post(`/v1/webhooks/${id}/replay`, body)).json;
    for (const [body, pointer] of [
      [{}, ''],
      [{ event: UNKNOWN, after: '1' }, ''],
      [{ event: UNKNOWN, through: '1' }, '/through'],
      [{ after: '5', through: '4' }, '/through'],
      [{ after: 'x' }, '/after'],
      [{ event: 'x' }, '/event'],
    ] as const)
      expect(await replay(body), JSON.stringify(body)).toMatchObject({
        code: 'INVALID_DOCUMENT',
        errors: [{ pointer }],
      });
    expect(await replay({ event: UNKNOWN })).toMatchObject({ code: 'EVENT_UNKNOWN', errors: [{ pointer: '/event' }] });
    expect(await replay({ after: '9000' })).toEqual({ queued: 0, through: '0000000000009000' });
    await api.admin.patch(`/v1/webhooks/${id}`, { state: 'disabled' });
    expect(await replay({ after: '0' })).toMatchObject({ code: 'WEBHOOK_DISABLED' });
  });

  test('of a webhook that wants some types are of these', async () => {
    const id = await made({ url, types: ['dev.berth.vm.removed.v1'] });
    const all = (await api.admin.post(`/v1/webhooks/${id}/replay`, { after: '0' })).json;
    expect(all.queued).toBe(0);
    expect(all.through).toBe((await api.admin.get('/v1/events?after=latest')).json.through);
  });
});

test('every change is in the audit, and no secret is', async () => {
  const webhook = (await make({ url: 'https://audited.example.com/token-in-path' })).json;
  await api.admin.patch(`/v1/webhooks/${webhook.id}`, { url: 'https://audited.example.com/other-token' });
  const rotated = (await api.admin.post(`/v1/webhooks/${webhook.id}/rotate`)).json;
  await api.admin.post(`/v1/webhooks/${webhook.id}/test`);
  await api.admin.post(`/v1/webhooks/${webhook.id}/replay`, { after: '0', through: '1' });
  await api.admin.delete(`/v1/webhooks/${webhook.id}`);
  const rows = await api.query<{ action: string; row: string }>(
    'SELECT action, audit::text AS row FROM audit WHERE subject = $1 ORDER BY id',
    [webhook.id],
  );
  expect(rows.map(({ action }) => action)).toEqual(
    ['create', 'patch', 'rotate', 'test', 'replay', 'remove'].map((what) => `webhook.${what}`),
  );
  const said = JSON.stringify(rows);
  for (const secret of [webhook.secret, rotated.secret, 'token']) expect(said).not.toContain(secret);
});
