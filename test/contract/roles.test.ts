import { ROLES, type Role, roleAllows } from '@berth/contract';
import { beforeAll, expect, test } from 'vitest';
import { RouteTable } from '../../apps/api/src/http/route-table.js';
import { useApi } from '../support/http-api.js';
import type { HttpClient } from '../support/http-client.js';
import type { OpenApiOperation } from '../support/openapi-validator.js';

const OWN_HOST = 'agent-host';
const UNNAMED = '/v1/names-no-role';
const api = useApi({
  prepare: (app) => {
    app
      .getHttpAdapter()
      .getInstance()
      .get(UNNAMED, async () => 'never seen');
  },
});
const clients = new Map<Role | 'no key' | 'bad key', HttpClient>();

beforeAll(async () => {
  for (const role of ROLES) clients.set(role, await api.client(role, role === 'agent' ? { host: OWN_HOST } : {}));
  clients.set('no key', api.admin.as(undefined));
  clients.set('bad key', api.admin.as(`berth_${'0'.repeat(16)}_${'0'.repeat(72)}`));
});

/** A call that changes nothing, whoever makes it: nobody is called so, and the body is of no form. */
function call(client: HttpClient, { method, path }: OpenApiOperation, host: string): Promise<{ status: number }> {
  const target = path.replace('{host}', host).replaceAll(/\{[a-z]+\}/g, '1');
  return client.call(method, target, ['PUT', 'POST', 'PATCH'].includes(method) ? { body: [] } : {});
}

/** What this caller must get: a status of these, or any but these. */
function expected(who: string, role: string): { readonly of: readonly number[] } | { readonly not: readonly number[] } {
  if (role === 'anyone') return { of: [200, 503] };
  if (who === 'no key' || who === 'bad key') return { of: [401] };
  return roleAllows(who as Role, role as Role) ? { not: [401, 403] } : { of: [403] };
}

test('every role on every operation: 401 without a key, 403 without the role, else an answer', async () => {
  const before = await api.dump();
  for (const operation of api.validator.operations) {
    for (const [who, client] of clients) {
      const { status } = await call(client, operation, OWN_HOST);
      const wanted = expected(who, operation.role);
      const fits = 'of' in wanted ? wanted.of.includes(status) : !wanted.not.includes(status);
      expect(fits, `${who} on ${operation.operationId}: ${status}`).toBe(true);
    }
  }
  expect(await api.dump()).toBe(before);
});

test('an agent is refused for every other host', async () => {
  const agent = clients.get('agent');
  for (const operation of api.validator.operations.filter(({ role }) => role === 'agent')) {
    expect((await call(agent ?? api.admin, operation, 'another-host')).status).toBe(403);
  }
});

test('every route names its role, and the document has every route', async () => {
  const routes = api.app.get(RouteTable).list();
  const served = routes.flatMap(({ url, methods }) => [...methods].map(([method, needs]) => ({ url, method, needs })));
  expect(served.filter(({ needs }) => needs === undefined).map(({ url }) => url)).toEqual([UNNAMED, UNNAMED]);
  const documented = api.validator.operations.map(({ method, path, role }) => `${method} ${path} ${role}`);
  const found = served
    .filter(({ url, method }) => url !== UNNAMED && !url.startsWith('/docs') && method !== 'HEAD')
    .map(({ url, method, needs }) => `${method} ${url.replaceAll(/(?<=\/):([a-z]+)/g, '{$1}')} ${needs}`);
  expect(found.sort()).toEqual(documented.sort());
});

test('a route that names no role is refused to everybody', async () => {
  for (const client of clients.values()) {
    const answer = await fetch(api.url + UNNAMED, { headers: { authorization: `Bearer ${client.key}` } });
    expect(answer.status).toBe(403);
  }
});
