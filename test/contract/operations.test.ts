import { CHECKS, REASON_CARDS } from '@berth/engine';
import { expect, test } from 'vitest';
import { useApi } from '../support/http-api.js';

const api = useApi();

test('the rulebook is what the engine asks', async () => {
  const { admin } = api;
  const { items } = (await admin.get('/v1/checks')).json;
  expect(items.map((item: { id: string }) => item.id)).toEqual(CHECKS.map((check) => check.id));
  for (const { id } of items) expect((await admin.get(`/v1/checks/${id}`)).json.id).toBe(id);
  for (const unknown of ['constructor', 'toString', 'x'.repeat(500)])
    expect((await admin.get(`/v1/checks/${unknown}`)).json.code).toBe('CHECK_UNKNOWN');
  const reasons = (await admin.get('/v1/reasons')).json.items.map((item: { reason: string }) => item.reason);
  expect(reasons.sort()).toEqual(Object.keys(REASON_CARDS).sort());
});

test('liveness and readiness ask for no key', async () => {
  const anyone = api.admin.as(undefined);
  expect((await anyone.get('/livez')).json).toEqual({ status: 'ok' });
  expect((await anyone.get('/readyz')).json).toMatchObject({ status: 'ready', checks: { database: 'ok' } });
  expect((await anyone.get('/metrics')).json.code).toBe('UNAUTHENTICATED');
});

test('decisions and requests are counted and logged once', async () => {
  const { admin } = api;
  await api.putHost('gh-1');
  await api.putVm('vm-1', 'gh-2');
  const asked = await admin.post('/v1/preflights', { vm: 'vm-1', target: 'gh-1', phases: ['vm', 'memslot'] });
  const { text } = await admin.get('/metrics');
  expect(text).toContain('berth_decisions_total{outcome="incompatible",reason="CACHEABLE_PFNMAP_UNSUPPORTED"} 1');
  expect(text).toContain(
    'berth_http_request_duration_seconds_count{method="POST",route="/v1/preflights",status="200"} 1',
  );
  expect(text).toMatch(/^berth_outbox_unsent 0$/m);
  expect(text).toMatch(/^process_resident_memory_bytes /m);
  const lines = api.log.map((line) => JSON.parse(line)).filter((line) => line.verdict === asked.json.id);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({
    outcome: 'incompatible',
    generation: 'protected-guest',
    reason: 'CACHEABLE_PFNMAP_UNSUPPORTED',
  });
});

test('an unknown path is 404, a wrong verb 405 with what is allowed', async () => {
  const { admin } = api;
  expect((await admin.get('/v1/nothing')).json.code).toBe('NOT_FOUND');
  expect((await admin.get('/v1/hosts/')).json.code).toBe('NOT_FOUND');
  const wrong = await admin.post('/v1/hosts/gh-1');
  expect([wrong.status, wrong.json.code, wrong.headers.get('allow')]).toEqual([
    405,
    'METHOD_NOT_ALLOWED',
    'DELETE, GET, HEAD, PATCH',
  ]);
  expect((await admin.call('HEAD', '/v1/hosts')).status).toBe(200);
});

test('the documentation page brings all that it shows', async () => {
  const { admin } = api;
  const page = await fetch(`${api.url}/docs`, {
    headers: { authorization: `Basic ${Buffer.from(`anyone:${admin.key}`).toString('base64')}` },
  });
  expect(page.status).toBe(200);
  const html = await page.text();
  expect(html).not.toMatch(/(?:src|href)=["']?(?:https?:)?\/\//);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  const unasked = await fetch(`${api.url}/docs`);
  expect([unasked.status, unasked.headers.get('www-authenticate')]).toEqual([
    401,
    'Basic realm="berth", charset="UTF-8"',
  ]);
  for (const asset of ['swagger-ui.css', 'swagger-ui-bundle.js', 'swagger-ui-init.js']) {
    expect(
      (await fetch(`${api.url}/docs/${asset}`, { headers: { authorization: `Bearer ${admin.key}` } })).status,
    ).toBe(200);
  }
});

test('answers carry the headers that keep a browser from guessing', async () => {
  const { headers } = await api.admin.get('/v1/hosts');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('x-frame-options')).toBe('SAMEORIGIN');
  expect(headers.get('access-control-allow-origin')).toBeNull();
  expect(headers.get('x-powered-by')).toBeNull();
});
