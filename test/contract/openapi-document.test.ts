import { readFileSync } from 'node:fs';
import { EXAMPLES, type Example, PROBLEMS } from '@berth/contract';
import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { useApi } from '../support/http-api.js';

const api = useApi();

function* nodesOf(node: unknown, path = ''): Generator<readonly [string, Record<string, unknown>]> {
  if (typeof node !== 'object' || node === null) return;
  yield [path, node as Record<string, unknown>];
  for (const [key, child] of Object.entries(node)) yield* nodesOf(child, `${path}/${key}`);
}

test('it is valid OpenAPI 3.1', async () => {
  const checked = new Validator();
  expect(await checked.validate(structuredClone(api.validator.document) as never)).toMatchObject({ valid: true });
  expect(checked.version).toBe('3.1');
});

test('it is what `openapi/berth.yaml` says', () => {
  const printed = parse(readFileSync(new URL('../../openapi/berth.yaml', import.meta.url), 'utf8'), {
    schema: 'yaml-1.1',
  });
  expect(printed).toEqual(api.validator.document);
});

test('it has nothing that generators stumble over', () => {
  for (const [path, node] of nodesOf(api.validator.document)) {
    expect(Array.isArray(node['type']) && !path.includes('/value/'), `${path}: a list of types`).toBe(false);
    if (!path.includes('/value') && !path.includes('/properties'))
      expect('nullable' in node, `${path}: nullable is OpenAPI 3.0`).toBe(false);
  }
});

test('every operation has its id, its role, its answers and an example', () => {
  const ids = api.validator.operations.map(({ operationId }) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
  const without = ids.filter((id) => !Object.hasOwn(EXAMPLES, id)).sort();
  // what these answer is no JSON of ours
  expect(without).toEqual(['getMetrics', 'getOpenApi']);
  for (const { operationId, role, responses, requestBody } of api.validator.operations) {
    expect(
      ['anyone', 'agent', 'agent-or-orchestrator', 'reader', 'orchestrator', 'operator', 'admin'],
      operationId,
    ).toContain(role);
    expect(Object.keys(responses), operationId).toEqual(expect.arrayContaining(['400', '500', '503', 'default']));
    const { others = {} }: Example = EXAMPLES[operationId as keyof typeof EXAMPLES] ?? {};
    const shown = ['usual', ...Object.keys(others)];
    if (requestBody !== undefined) expect(Object.keys(requestBody.examples), operationId).toEqual(shown);
  }
});

test('every code of a problem is named by an operation', () => {
  const named = new Set(
    [...nodesOf(api.validator.document)].flatMap(([, node]) => (node['x-berth-codes'] as string[] | undefined) ?? []),
  );
  const unused = Object.keys(PROBLEMS).filter((code) => !named.has(code));
  // a path that no operation has
  expect(unused).toEqual(['NOT_FOUND']);
});
