import { EXAMPLES } from '@berth/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestApi } from '../support/http-api.js';
import { TcpProxy } from '../support/tcp-proxy.js';

const api = new TestApi();
let proxy: TcpProxy;

beforeAll(() =>
  api.start({
    through: async (url) => {
      const server = new URL(url);
      proxy = await TcpProxy.to({ host: server.hostname, port: Number(server.port) });
      server.port = String(proxy.port);
      return server.href;
    },
  }),
);
afterAll(async () => {
  await proxy.heal();
  await api.stop();
  await proxy.refuse();
});

test('without Postgres every question is a 503 to be asked again, what needs none is answered, and then all is well', async () => {
  const { admin } = api;
  await api.putHost('gh-1');
  await proxy.refuse();
  for (const [method, path, body] of [
    ['GET', '/v1/hosts/gh-1', undefined],
    ['POST', '/v1/preflights', { vm: 'a', target: 'gh-1' }],
    ['PUT', '/v1/hosts/gh-1/fingerprint', EXAMPLES.putFingerprint.request],
    ['POST', '/v1/sweeps', { vms: { all: true }, targets: { all: true } }],
    ['POST', '/v1/evaluations', EXAMPLES.evaluate.request],
  ] as const) {
    const answer = await admin.call(method, path, body === undefined ? {} : { body });
    expect([answer.status, answer.json.code]).toEqual([503, 'UNAVAILABLE']);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  }
  const unready = await admin.get('/readyz');
  expect([unready.status, unready.json.checks.database]).toEqual([503, 'failing']);
  expect((await admin.get('/livez')).status).toBe(200);
  // What the fleet has added to the catalogue cannot be told, and need not be where the question brings its own.
  const alone = { ...(EXAMPLES.evaluate.request as object), catalogue: [] };
  expect((await admin.post('/v1/evaluations', alone)).status).toBe(200);

  await proxy.heal();
  expect((await admin.get('/readyz')).status).toBe(200);
  expect((await admin.get('/v1/hosts/gh-1')).status).toBe(200);
  api.assertAsDocumented();
  expect(api.log.join('')).not.toContain(admin.key?.split('_')[2]);
});

test('what goes wrong inside is logged in full and told to nobody', async () => {
  await api.query('ALTER TABLE host RENAME TO lost');
  const failed = await api.admin.get('/v1/hosts/gh-1');
  expect(failed.json).toEqual({
    type: 'urn:berth:problem:INTERNAL',
    status: 500,
    title: 'Something went wrong here',
    code: 'INTERNAL',
  });
  const logged = api.log.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'request failed');
  expect(logged).toHaveLength(1);
  expect(logged[0]).toMatchObject({ method: 'GET', route: '/v1/hosts/:host' });
  expect(logged[0].err.stack).toMatch(/host/);
  expect(api.log.join('')).not.toContain(api.admin.key?.split('_')[2]);
  await api.query('ALTER TABLE lost RENAME TO host');
  api.assertAsDocumented();
});
