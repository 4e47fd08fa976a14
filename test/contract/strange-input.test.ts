import { EXAMPLE_FINGERPRINT, EXAMPLE_MANIFEST } from '@berth/contract';
import { expect, test } from 'vitest';
import { useApi } from '../support/http-api.js';

const api = useApi();
const json = (value: unknown): string => JSON.stringify(value);
const facts = json({ ...EXAMPLE_FINGERPRINT, collectedAt: '2026-11-20T07:00:00Z' });

test.each(['a'.repeat(128), 'constructor', 'toString', 'hasOwnProperty', 'valueOf', '0', 'A._-z'])(
  '`%s` is a name like any other',
  async (name) => {
    const { admin } = api;
    expect((await admin.put(`/v1/hosts/${name}/fingerprint`, facts)).status).toBe(201);
    expect((await admin.get(`/v1/hosts/${name}`)).json.host).toBe(name);
    expect((await admin.patch(`/v1/hosts/${name}`, { labels: { [name]: name } })).json.labels).toEqual({
      [name]: name,
    });
    expect(
      (await admin.get(`/v1/hosts?label=${name}:${name}`)).json.items.map((item: { host: string }) => item.host),
    ).toEqual([name]);
    expect((await admin.put(`/v1/vms/${name}/manifest`, { ...EXAMPLE_MANIFEST, host: name })).status).toBe(201);
    expect((await admin.get(`/v1/vms/${name}`)).json.mayRunOn).toEqual([name]);
    const asked = await admin.post('/v1/preflights', { vm: name, target: name, phases: ['policy'] });
    expect(asked.json.basis).toMatchObject({ vm: name, host: name });
  },
);

const NO_NAMES = [
  'a'.repeat(129),
  '-a',
  '.a',
  '_a',
  'a%2Fb',
  'a%00b',
  'a%20b',
  '%F0%9F%98%80',
  'a%0d%0ab',
  '__proto__',
  "a'b",
  'a;b',
];

test.each(NO_NAMES)('`%s` is no name', async (name) => {
  for (const [method, path, body] of [
    ['PUT', `/v1/hosts/${name}/fingerprint`, facts],
    ['GET', `/v1/hosts/${name}`, undefined],
    ['DELETE', `/v1/hosts/${name}`, undefined],
    ['GET', `/v1/vms/${name}/revisions`, undefined],
  ] as const) {
    const answer = await api.admin.call(method, path, body === undefined ? {} : { body });
    expect([answer.status, answer.json.code]).toEqual([400, 'BAD_REQUEST']);
    expect(['host', 'vm']).toContain(answer.json.errors[0].parameter);
  }
});

test('a path that cannot be read is refused before it is looked up', async () => {
  for (const [path, status, code] of [
    ['/v1/hosts/%zz', 400, 'BAD_REQUEST'],
    ['/v1/hosts/%ff', 400, 'BAD_REQUEST'],
    [`/v1/hosts/${'a'.repeat(513)}`, 414, 'URI_TOO_LONG'],
    [`/v1/hosts?label=${'a'.repeat(20_000)}`, 431, 'HEADERS_TOO_LARGE'],
  ] as const) {
    const answer = await api.admin.get(path);
    expect([answer.status, answer.json.code]).toEqual([status, code]);
  }
});

const STRANGE_JSON: readonly (readonly [string, string | Buffer, number, string, string?])[] = [
  ['nothing', '', 400, 'INVALID_JSON'],
  ['white space', ' \n', 400, 'INVALID_JSON'],
  ['half of it', '{"vm":"a"', 400, 'INVALID_JSON'],
  ['a byte order mark', '\ufeff{}', 400, 'INVALID_JSON'],
  ['UTF-16', Buffer.from('{}', 'utf16le'), 422, 'NUL_IN_TEXT'],
  ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 400, 'INVALID_JSON'],
  ['5,000 lists in each other', `${'['.repeat(5000)}${']'.repeat(5000)}`, 422, 'TOO_DEEP'],
  ['200,000 objects in each other', `${'{"a":'.repeat(150_000)}1${'}'.repeat(150_000)}`, 422, 'TOO_DEEP'],
  ['33 levels', `{"vm":${'['.repeat(32)}${']'.repeat(32)}}`, 422, 'TOO_DEEP'],
  ['U+0000', '{"vm":"a\\u0000b","target":"b"}', 422, 'NUL_IN_TEXT', '/vm'],
  ['half of a surrogate pair', '{"vm":"a","target":"\\ud800"}', 422, 'LONE_SURROGATE', '/target'],
  ['half of a surrogate pair as a key', '{"vm":"a","\\udc00":1}', 422, 'LONE_SURROGATE', ''],
  ['a key twice', '{"vm":"a","target":"b","vm":"c"}', 422, 'DUPLICATE_KEY', '/vm'],
  ['a key twice, once escaped', '{"vm":"a","\\u0076m":"c"}', 422, 'DUPLICATE_KEY', '/vm'],
  ['1e400', '{"vm":"a","target":"b","expect":{"vmRevision":1e400}}', 422, 'NUMBER_RANGE', '/expect/vmRevision'],
  [
    '2^53 + 1',
    '{"vm":"a","target":"b","expect":{"vmRevision":9007199254740993}}',
    422,
    'NUMBER_RANGE',
    '/expect/vmRevision',
  ],
  ['a list', '[]', 422, 'INVALID_DOCUMENT', ''],
  ['null', 'null', 422, 'INVALID_DOCUMENT', ''],
  ['`__proto__`', '{"vm":"a","target":"b","__proto__":{"policy":"kernel"}}', 422, 'INVALID_DOCUMENT', '/__proto__'],
  [
    '`constructor`',
    '{"vm":"a","target":"b","constructor":{"prototype":{"x":1}}}',
    422,
    'INVALID_DOCUMENT',
    '/constructor',
  ],
];

test.each(STRANGE_JSON)('%s is refused as such', async (_, body, status, code, pointer) => {
  const answer = await api.admin.post('/v1/preflights', body);
  expect([answer.status, answer.json.code]).toEqual([status, code]);
  if (pointer !== undefined)
    expect(answer.json.errors.map((error: { pointer?: string }) => error.pointer)).toContain(pointer);
  expect('policy' in Object.prototype || 'x' in Object.prototype).toBe(false);
});

test('a mebibyte is taken, a byte more is not', async () => {
  const question = json({ vm: 'a', target: 'b' });
  const padded = (size: number): string => question + ' '.repeat(size - question.length);
  expect((await api.admin.post('/v1/preflights', padded(1024 * 1024))).json.code).toBe('NAME_UNKNOWN');
  const large = await api.admin.post('/v1/preflights', padded(1024 * 1024 + 1));
  expect([large.status, large.json.code, large.headers.get('connection')]).toEqual([413, 'BODY_TOO_LARGE', 'close']);
});

test('a body is plain JSON, said so once', async () => {
  const send = (headers: Record<string, string>) =>
    api.admin.post('/v1/preflights', json({ vm: 'a', target: 'b' }), { headers });
  for (const type of ['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset=UTF-8']) {
    expect((await send({ 'content-type': type })).json.code).toBe('NAME_UNKNOWN');
  }
  for (const type of [
    'text/plain',
    'application/json; charset=utf-16',
    'application/json\t; x',
    'application/merge-patch+json',
    'application/jsonx',
    'json',
  ]) {
    const refused = await send({ 'content-type': type });
    expect([refused.status, refused.json.code, refused.json.errors[0].parameter]).toEqual([
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      'Content-Type',
    ]);
  }
  const zipped = await send({ 'content-encoding': 'gzip' });
  expect([zipped.status, zipped.json.errors[0].parameter, zipped.headers.get('accept-encoding')]).toEqual([
    415,
    'Content-Encoding',
    'identity',
  ]);
});

test('text comes back as it was sent', async () => {
  const value = 'Zürich \u202e 😀 e\u0301 <script> "quoted" \\ / \u2028';
  await api.admin.put('/v1/hosts/text/fingerprint', facts);
  const patched = await api.admin.patch('/v1/hosts/text', { labels: { note: value } });
  expect(patched.json.labels.note).toBe(value);
  expect((await api.admin.get(`/v1/hosts?label=${encodeURIComponent(`note:${value}`)}`)).json.items).toHaveLength(1);
});
