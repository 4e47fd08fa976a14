import type { GeneratorValue } from 'fast-check';
import fc from 'fast-check';
import { HEX, KEYS, NAMES, NUMBERS, OTHER_TYPES, STRINGS, TIMES, UNSTORABLE, VERBS } from './http-bad-values.js';
import { isObject, type Json, spotsOf, withKey, without } from './http-json-spots.js';
import type { WireRequest } from './http-wire.js';
import type { OpenApiOperation } from './openapi-validator.js';

/** A request that is accepted as it stands. */
export interface ValidRequest {
  readonly operation: OpenApiOperation;
  /** Path parameters, raw. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: readonly (readonly [string, string])[];
  readonly body: Json | undefined;
}

/** Where the fault is, if it is anywhere in particular. */
export interface Field {
  readonly pointer?: string;
  readonly parameter?: string;
  readonly header?: string;
}

export interface Mutant {
  readonly wire: WireRequest;
  readonly field?: Field | undefined;
  /** The body as a reader that is less strict would understand it; judged by the schema before it is sent. */
  readonly body?: Json | undefined;
}

type Draw = GeneratorValue;
export type Mutation = (request: ValidRequest, draw: Draw, key: string) => Mutant | undefined;

export const pick = <T>(draw: Draw, values: readonly T[]): T => values[draw(fc.nat, values.length - 1)] as T;

export function wireOf(
  request: ValidRequest,
  key: string,
  body: Buffer | undefined = bytesOf(request.body),
): WireRequest {
  return {
    method: request.operation.method,
    target: targetOf(request),
    headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    body,
  };
}

function bytesOf(body: Json | undefined): Buffer | undefined {
  return body === undefined ? undefined : Buffer.from(JSON.stringify(body));
}

function targetOf({ operation, path, query }: Pick<ValidRequest, 'operation' | 'path' | 'query'>): string {
  const filled = operation.path.replaceAll(/\{([a-zA-Z]+)\}/g, (_, name: string) => path[name] ?? '');
  const text = query.map(([name, value]) => `${name}=${value}`).join('&');
  return text === '' ? filled : `${filled}?${text}`;
}

function atSpot(
  request: ValidRequest,
  draw: Draw,
  key: string,
  wanted: (value: Json, pointer: string) => boolean,
  values: (value: Json) => readonly Json[],
): Mutant | undefined {
  const spots =
    request.body === undefined ? [] : spotsOf(request.body).filter(({ value, pointer }) => wanted(value, pointer));
  if (spots.length === 0) return undefined;
  const spot = pick(draw, spots);
  const body = spot.put(pick(draw, values(spot.value)));
  return { wire: wireOf(request, key, bytesOf(body)), field: { pointer: spot.pointer }, body };
}

const MARK = '\u2400number\u2400';

const rawBody =
  (make: (text: string, draw: Draw) => string | Buffer): Mutation =>
  (request, draw, key) => {
    if (request.body === undefined) return undefined;
    const made = make(JSON.stringify(request.body), draw);
    return { wire: wireOf(request, key, Buffer.isBuffer(made) ? made : Buffer.from(made)) };
  };

const inPath =
  (values: readonly string[]): Mutation =>
  (request, draw, key) => {
    const names = [...request.operation.path.matchAll(/\{([a-z]+)\}/g)].map(([, name = '']) => name);
    if (names.length === 0) return undefined;
    const parameter = pick(draw, names);
    const path = { ...request.path, [parameter]: pick(draw, values) };
    return { wire: { ...wireOf(request, key), target: targetOf({ ...request, path }) } };
  };

const inQuery =
  (make: (request: ValidRequest, draw: Draw) => readonly [string, string] | undefined): Mutation =>
  (request, draw, key) => {
    const added = make(request, draw);
    if (added === undefined) return undefined;
    const query = [...request.query.filter(([name]) => name !== added[0]), added];
    const [parameter] = added;
    const field = /%|[^\x20-\x7e]/.test(parameter) ? undefined : { parameter };
    return { wire: { ...wireOf(request, key), target: targetOf({ ...request, query }) }, field };
  };

const withHeaders =
  (
    values: readonly Readonly<Record<string, string | readonly string[]>>[],
    wanted: (request: ValidRequest) => boolean,
  ): Mutation =>
  (request, draw, key) => {
    if (!wanted(request)) return undefined;
    const wire = wireOf(request, key);
    return { wire: { ...wire, headers: { ...wire.headers, ...pick(draw, values) } } };
  };

const hasBody = (request: ValidRequest): boolean => request.body !== undefined;
const takesRevision = ({ operation }: ValidRequest): boolean =>
  operation.parameters.some(({ name }) => name === 'If-Match');
/** One way each to spoil a request. `undefined`: there is nothing to spoil in this one. */
export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'wrong type': (request, draw, key) =>
    atSpot(
      request,
      draw,
      key,
      () => true,
      () => OTHER_TYPES,
    ),
  'missing field': (request, draw, key) => {
    const spots =
      request.body === undefined
        ? []
        : spotsOf(request.body).filter(({ value }) => isObject(value) && Object.keys(value).length > 0);
    if (spots.length === 0) return undefined;
    const { value, pointer, put } = pick(draw, spots);
    if (!isObject(value)) return undefined;
    const name = pick(draw, Object.keys(value));
    const body = put(without(value, name));
    return { wire: wireOf(request, key, bytesOf(body)), field: { pointer: `${pointer}/${name}` }, body };
  },
  'unknown field': (request, draw, key) => {
    const spots = request.body === undefined ? [] : spotsOf(request.body).filter(({ value }) => isObject(value));
    if (spots.length === 0) return undefined;
    const { value, pointer, put } = pick(draw, spots);
    const name = pick(draw, KEYS);
    if (!isObject(value)) return undefined;
    const body = put(withKey(value, name, pick(draw, OTHER_TYPES)));
    return { wire: wireOf(request, key, bytesOf(body)), field: { pointer: `${pointer}/${name}` }, body };
  },
  'strange string': (request, draw, key) =>
    atSpot(
      request,
      draw,
      key,
      (value) => typeof value === 'string',
      () => STRINGS,
    ),
  hex: (request, draw, key) =>
    atSpot(
      request,
      draw,
      key,
      (value) => typeof value === 'string' && value.startsWith('0x'),
      () => HEX,
    ),
  time: (request, draw, key) =>
    atSpot(
      request,
      draw,
      key,
      (value) => typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value),
      () => TIMES,
    ),
  'unstorable string': (request, draw, key) => {
    const mutant = atSpot(
      request,
      draw,
      key,
      (value) => typeof value === 'string',
      () => UNSTORABLE,
    );
    return mutant === undefined ? undefined : { wire: mutant.wire, field: mutant.field };
  },
  number: (request, draw, key) => {
    const mutant = atSpot(
      request,
      draw,
      key,
      (value) => typeof value === 'number',
      () => [MARK],
    );
    if (mutant?.body === undefined) return undefined;
    const text = pick(draw, NUMBERS);
    const written = JSON.stringify(mutant.body).replace(JSON.stringify(MARK), text);
    return { ...mutant, wire: wireOf(request, key, Buffer.from(written)), body: JSON.parse(written) as Json };
  },
  'malformed JSON': rawBody((text, draw) =>
    pick(draw, [
      `${text}}`,
      `${text},`,
      text.replace('"', "'"),
      text.replace(':', '='),
      `[${text}`,
      `${text}${text}`,
      `// x\n${text}`,
      'undefined',
      'NaN',
      '{"a":}',
      "{'a':1}",
      '{"a":1,}',
      '\u00a0',
    ]),
  ),
  'empty body': rawBody((_, draw) => pick(draw, ['', ' ', '\n', '\t\t'])),
  'truncated JSON': rawBody((text, draw) => text.slice(0, draw(fc.integer, { min: 1, max: text.length - 1 }))),
  'byte order mark': rawBody((text) => `\ufeff${text}`),
  'other encoding': rawBody((text, draw) =>
    pick(draw, [
      Buffer.from(text, 'utf16le'),
      Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]),
      Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from([0xc3, 0x28])]),
      Buffer.from(`{"a":"\xff"}`, 'latin1'),
    ]),
  ),
  'duplicate key': (request, _draw, key) => {
    if (request.body === undefined || !isObject(request.body)) return undefined;
    const [name] = Object.keys(request.body);
    if (name === undefined) return undefined;
    const text = JSON.stringify(request.body).replace(
      '{',
      `{${JSON.stringify(name)}:${JSON.stringify(request.body[name])},`,
    );
    return { wire: wireOf(request, key, Buffer.from(text)), field: { pointer: `/${name}` } };
  },
  depth: rawBody((text, draw) => {
    const depth = pick(draw, [33, 64, 1000, 5000, 50_000, 200_000]);
    return pick(draw, [
      '['.repeat(depth) + ']'.repeat(depth),
      `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`,
      text.replace(/\}$/, `,"deep":${'['.repeat(depth)}${']'.repeat(depth)}}`),
    ]);
  }),
  'too large': rawBody((text, draw) =>
    pick(draw, [text + ' '.repeat(1024 * 1024 + 1 - Buffer.byteLength(text)), `[${'0,'.repeat(600_000)}0]`]),
  ),
  'name in the path': inPath(NAMES),
  'unknown parameter': inQuery((_, draw) => [
    pick(draw, ['page', 'offset', '__proto__', 'constructor', 'Limit', '%zz', 'a%00']),
    pick(draw, ['1', '', '%zz']),
  ]),
  'bad limit': inQuery(({ operation }, draw) =>
    operation.parameters.some(({ name }) => name === 'limit')
      ? ['limit', pick(draw, ['0', '-1', '1001', '1e2', '1.0', 'ten', '', '%31%zz', '9'.repeat(40), '+1'])]
      : undefined,
  ),
  'bad cursor': inQuery(({ operation, query }, draw) => {
    if (!operation.parameters.some(({ name }) => name === 'cursor')) return undefined;
    const known = query.find(([name]) => name === 'cursor')?.[1];
    const flipped = known === undefined ? 'e30' : flip(known, draw);
    return [
      'cursor',
      pick(draw, [flipped, flipped, '', 'x', '%00', 'a'.repeat(3000), 'bnVsbA', 'eyJsIjoxfQ', ...forgedCursors(known)]),
    ];
  }),
  'bad choice': inQuery(({ operation }, draw) => {
    const choices = operation.parameters.filter(({ in: where, schema }) => where === 'query' && 'enum' in schema);
    return choices.length === 0
      ? undefined
      : [pick(draw, choices).name, pick(draw, ['', 'toString', 'ACTIVE', '__proto__', '%00', 'x'.repeat(5000)])];
  }),
  'content type': withHeaders(
    [
      { 'content-type': 'text/plain' },
      { 'content-type': 'application/jsonx' },
      { 'content-type': 'application/json\t; x' },
      { 'content-type': 'application/json; charset=utf-16' },
      { 'content-type': 'application/x-www-form-urlencoded' },
      { 'content-type': 'a' },
      { 'content-type': ';' },
      { 'content-type': 'multipart/form-data; boundary=x' },
      { 'content-type': 'application/json garbage' },
    ],
    hasBody,
  ),
  'content encoding': withHeaders(
    [{ 'content-encoding': 'gzip' }, { 'content-encoding': 'deflate, gzip' }, { 'content-encoding': 'x' }],
    hasBody,
  ),
  'bad If-Match': withHeaders(
    [
      { 'if-match': '7' },
      { 'if-match': '*' },
      { 'if-match': 'W/"7"' },
      { 'if-match': '"seven"' },
      { 'if-match': '"1", "2"' },
      { 'if-match': ['"1"', '"2"'] },
      { 'if-match': '"99999999999999999999"' },
      { 'if-match': '""' },
    ],
    takesRevision,
  ),
  'bad key': withHeaders(
    [
      { authorization: '' },
      { authorization: 'Bearer' },
      { authorization: 'Basic YTpi' },
      { authorization: 'Bearer berth_x_y' },
      { authorization: 'Bearer \u00ff' },
      { authorization: `Bearer ${'a'.repeat(8000)}` },
      { authorization: `Bearer berth_${'0'.repeat(16)}_${'0'.repeat(72)}` },
    ],
    ({ operation }) => operation.role !== 'anyone',
  ),
  'large header': withHeaders([{ 'x-large': 'a'.repeat(20_000) }], () => true),
  'wrong verb': (request, draw, key) => ({ wire: { ...wireOf(request, key), method: pick(draw, VERBS) } }),
};

/** Cursors of the right form that no page ever gave. */
function forgedCursors(known: string | undefined): string[] {
  if (known === undefined) return [];
  const place = JSON.parse(Buffer.from(known, 'base64url').toString()) as { l: string };
  const keys = ['\0', 'a\0b', '\ud800', 'x', '-1', '1e400', 'NaN', '9'.repeat(30), '1.5', ' ', 'x'.repeat(1000)];
  return keys.map((k) => Buffer.from(JSON.stringify({ l: place.l, k })).toString('base64url'));
}

function flip(text: string, draw: Draw): string {
  const at = draw(fc.integer, { min: 0, max: text.length - 1 });
  const bit = pick(draw, [1, 2, 4, 8]);
  return text.slice(0, at) + encodeURIComponent(String.fromCharCode(text.charCodeAt(at) ^ bit)) + text.slice(at + 1);
}
