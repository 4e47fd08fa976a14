import { EXAMPLES, type Example, PROBLEMS, type ProblemCode, ProblemSchema } from '@berth/contract';
import type { Answer, Operation } from '../http/operation.js';
import type { Components } from './components.js';

type Json = Record<string, unknown>;

const ALWAYS: readonly ProblemCode[] = ['BAD_REQUEST', 'INVALID_QUERY', 'INTERNAL', 'UNAVAILABLE'];
// what the server answers before it knows which call it is
const ANY_TIME: readonly ProblemCode[] = ['METHOD_NOT_ALLOWED', 'REQUEST_TIMEOUT', 'URI_TOO_LONG', 'HEADERS_TOO_LARGE'];
const WITH_KEY: readonly ProblemCode[] = ['UNAUTHENTICATED', 'FORBIDDEN'];
const WITH_BODY: readonly ProblemCode[] = [
  'INVALID_JSON',
  'INVALID_DOCUMENT',
  'DUPLICATE_KEY',
  'NUL_IN_TEXT',
  'LONE_SURROGATE',
  'TOO_DEEP',
  'NUMBER_RANGE',
  'BODY_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
];
const WITH_IF_MATCH: readonly ProblemCode[] = ['REVISION_MISMATCH'];
const WITH_IDEMPOTENCY_KEY: readonly ProblemCode[] = ['IDEMPOTENCY_KEY_REUSED'];

const HEADERS: Readonly<Record<string, Json>> = {
  ETag: { description: 'The revision, to be quoted in `If-Match`.', schema: { type: 'string' }, example: '"7"' },
  'Idempotency-Replayed': {
    description: 'There when the request was answered before: these are the same bytes.',
    schema: { type: 'string', enum: ['true'] },
  },
  Location: { description: 'Where to ask on.', schema: { type: 'string', format: 'uri-reference' } },
};

const IF_MATCH: Json = {
  name: 'If-Match',
  in: 'header',
  required: false,
  description: 'The revision that this write expects to stand; another one is 412.',
  schema: { type: 'string', pattern: '^"(0|[1-9][0-9]{0,14})"$' },
};

const LAST_EVENT_ID: Json = {
  name: 'Last-Event-ID',
  in: 'header',
  required: false,
  description: 'Of a stream that broke: the `id` of the last event that came. It goes before `after`.',
  schema: { type: 'string', pattern: '^[0-9]{1,20}$' },
};

const IDEMPOTENCY_KEY: Json = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'A name of your own for this request. Sent again with the same body within a day it has no further effect and gets the same answer; with another body it is 422.',
  schema: { type: 'string', pattern: '^[!-~]{1,255}$' },
};

/** What Nest found of one route, completed by what the operation says of itself. */
export function printOperation(found: Json, operation: Operation, components: Components): Json {
  const { parameters = [] } = found as { parameters?: Json[] };
  const body = operation.body === undefined ? {} : { requestBody: printBody(operation, components) };
  return {
    operationId: operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    ...(operation.description === undefined ? {} : { description: operation.description }),
    'x-berth-role': operation.needs,
    security: operation.needs === 'anyone' ? [] : [{ key: [] }],
    parameters: [
      ...parameters.map(pathParameter),
      ...queryParameters(operation),
      ...(operation.ifMatch ? [IF_MATCH] : []),
      ...(operation.idempotencyKey ? [IDEMPOTENCY_KEY] : []),
      ...(operation.lastEventId ? [LAST_EVENT_ID] : []),
    ],
    ...body,
    responses: { ...printAnswers(operation, components), ...printProblems(operation, components) },
  };
}

interface PathParameter {
  readonly schema: string;
  readonly example: string | number;
}

const PATH_PARAMETERS: ReadonlyMap<string, PathParameter> = new Map([
  ['host', { schema: 'Name', example: 'gh-09' }],
  ['vm', { schema: 'Name', example: 'vm-42' }],
  ['a', { schema: 'Revision', example: 17 }],
  ['b', { schema: 'Revision', example: 18 }],
  ['check', { schema: 'Id', example: 'cacheable-pfnmap' }],
  ['row', { schema: 'Name', example: 'acme-memory' }],
  ['key', { schema: 'Id', example: '9f1b5c0e77ab2d43' }],
  ['delivery', { schema: 'Id', example: '17' }],
]);

const SOME_ID: PathParameter = { schema: 'Id', example: '0199a3c4-5d1e-7c3a-9b1f-2a6f0c8d4e11' };

function pathParameter(parameter: Json): Json {
  const name = String(parameter['name']);
  const { schema, example } = PATH_PARAMETERS.get(name) ?? SOME_ID;
  return { name, in: 'path', required: true, schema: { $ref: `#/components/schemas/${schema}` }, example };
}

function exampleOf(operation: Operation): Example | undefined {
  return Object.hasOwn(EXAMPLES, operation.id) ? EXAMPLES[operation.id as keyof typeof EXAMPLES] : undefined;
}

function queryParameters(operation: Operation): Json[] {
  return Object.entries(operation.query ?? {}).map(([name, field]) => ({
    name,
    in: 'query',
    required: false,
    description: field.description,
    schema: field.schema,
  }));
}

/** The usual one first, then those that show something else. */
function examplesOf(example: Example | undefined, side: 'request' | 'response'): Json {
  if (example?.[side] === undefined) return {};
  const others = Object.entries(example.others ?? {}).map(([name, other]) => [name, { value: other[side] }]);
  return { examples: { usual: { value: example[side] }, ...Object.fromEntries(others) } };
}

function printBody(operation: Operation, components: Components): Json {
  const schema = operation.body === undefined ? {} : components.refer(operation.body, 'input');
  const content: Json = { 'application/json': { schema, ...examplesOf(exampleOf(operation), 'request') } };
  if (operation.mergePatch) content['application/merge-patch+json'] = { schema };
  return { required: operation.bodyOptional !== true, content };
}

function printAnswers(operation: Operation, components: Components): Json {
  const example = exampleOf(operation);
  return Object.fromEntries(
    Object.entries(operation.answers).map(([status, answer]) => {
      const shown = example?.status === Number(status) ? example : undefined;
      return [status, printAnswer(answer, shown, components)];
    }),
  );
}

function printAnswer(answer: Answer, shown: Example | undefined, components: Components): Json {
  const { description, headers } = answer;
  return {
    description,
    ...(headers === undefined ? {} : { headers: Object.fromEntries(headers.map((name) => [name, HEADERS[name]])) }),
    ...printContent(answer, shown, components),
  };
}

function printContent({ schema, type, orType }: Answer, shown: Example | undefined, components: Components): Json {
  if (schema !== undefined) {
    const printed = { schema: components.refer(schema, 'output'), ...examplesOf(shown, 'response') };
    const other = orType === undefined ? {} : { [orType]: { schema: { type: 'string' } } };
    return { content: { 'application/json': printed, ...other } };
  }
  if (type === undefined) return {};
  return { content: { [type]: { schema: { type: type === 'application/json' ? 'object' : 'string' } } } };
}

/** One entry for each status, which names the codes that come with it. */
function printProblems(operation: Operation, components: Components): Json {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of problemsOf(operation)) {
    const { status } = PROBLEMS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const named = [...byStatus].map(([status, codes]) => [status, printProblem(codes, components)] as const);
  return { ...Object.fromEntries(named), default: printProblem(ANY_TIME, components, 'AnyTime') };
}

/** Shared where it can be: half of the document would be the same few answers otherwise. */
function printProblem(
  codes: readonly ProblemCode[],
  components: Components,
  name: string | undefined = soleOf(codes),
): Json {
  const response = {
    description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}.`).join(' '),
    'x-berth-codes': codes,
    content: { 'application/problem+json': { schema: components.refer(ProblemSchema, 'output') } },
  };
  if (name === undefined) return response;
  components.responses[name] = response;
  return { $ref: `#/components/responses/${name}` };
}

function soleOf(codes: readonly ProblemCode[]): ProblemCode | undefined {
  return codes.length === 1 ? codes[0] : undefined;
}

function problemsOf(operation: Operation): ReadonlySet<ProblemCode> {
  return new Set([
    ...ALWAYS,
    ...(operation.needs === 'anyone' ? [] : WITH_KEY),
    ...(operation.body === undefined ? [] : WITH_BODY),
    ...(operation.ifMatch ? WITH_IF_MATCH : []),
    ...(operation.idempotencyKey ? WITH_IDEMPOTENCY_KEY : []),
    ...(operation.problems ?? []),
  ]);
}
