import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from './parse-json.js';

const refusal = (input: string | Buffer, limits = {}) => {
  const parsed = parseJson(input, limits);
  return parsed.kind === 'refused' ? [parsed.problem.code, parsed.problem.pointer] : parsed;
};

describe('what is JSON and says one thing only', () => {
  it('is taken as JSON.parse takes it, from text and from bytes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.boolean(), (value, pretty) => {
        const text = JSON.stringify(value, null, pretty ? 2 : undefined);
        fc.pre(!/\\u0000|\\ud[89a-f]/.test(text) && !Object.is(value, -0));
        const expected = JSON.parse(text) as unknown;
        expect(parseJson(text)).toEqual({ kind: 'ok', value: expected });
        expect(parseJson(Buffer.from(text))).toEqual({ kind: 'ok', value: expected });
      }),
    );
  });

  it('may hold pairs of surrogates, escaped or not, and escaped backslashes before a u0000', () => {
    const text = '["\\ud83d\\ude00", "😀", "\\\\u0000", "\\"\\\\"]';
    expect(parseJson(text)).toEqual({ kind: 'ok', value: ['😀', '😀', '\\u0000', '"\\'] });
    expect(parseJson(Buffer.from(text)).kind).toBe('ok');
  });

  it('may use one key in several objects', () => {
    expect(parseJson('{"a":{"a":[{"a":1},{"a":2}]},"b":{"a":3}}').kind).toBe('ok');
  });

  it('may be as deep and as large as the limits', () => {
    expect(parseJson('['.repeat(32) + ']'.repeat(32)).kind).toBe('ok');
    expect(parseJson('"1234567890"', { bytes: 12 }).kind).toBe('ok');
  });
});

describe('what JSON.parse lets pass', () => {
  it.each([
    ['{"a":1,"a":2}', 'DUPLICATE_KEY', '/a'],
    ['{"a":1,"\\u0061":2}', 'DUPLICATE_KEY', '/a'],
    ['{"x":[0,{"a/b":{"k~":1,"m":[{}],"k~":2}}]}', 'DUPLICATE_KEY', '/x/1/a~1b/k~0'],
    ['{"__proto__":1,"__proto__":2}', 'DUPLICATE_KEY', '/__proto__'],
    ['{"a":["x","\\u0000"]}', 'NUL_IN_TEXT', '/a/1'],
    ['{"a":{"b\\u0000":1}}', 'NUL_IN_TEXT', '/a'],
    ['{"a":"\\ud800"}', 'LONE_SURROGATE', '/a'],
    ['{"a":"\\udc00\\ud800"}', 'LONE_SURROGATE', '/a'],
    ['{"a":"\\ud800\\ud800\\udc00"}', 'LONE_SURROGATE', '/a'],
    ['["\ud800"]', 'LONE_SURROGATE', '/0'],
    ['{"\\ud800":1}', 'LONE_SURROGATE', ''],
    ['{"a":1e400}', 'NUMBER_RANGE', '/a'],
    ['{"a":-1E400}', 'NUMBER_RANGE', '/a'],
    ['[9007199254740991,9007199254740992,9007199254740993]', 'NUMBER_RANGE', '/2'],
    [`[${'9'.repeat(400)}]`, 'NUMBER_RANGE', '/0'],
  ])('%s is refused as %s', (text, code, pointer) => {
    expect(refusal(text)).toEqual([code, pointer]);
    if (!/[\ud800-\udfff]/u.test(text)) expect(refusal(Buffer.from(text))).toEqual([code, pointer]);
  });

  it.each([33, 5_000, 200_000])('%d levels are refused without overflow', (levels) => {
    const limits = { bytes: 8 * 1024 * 1024 };
    expect(refusal('['.repeat(levels) + ']'.repeat(levels), limits)).toContain('TOO_DEEP');
    expect(refusal(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`, limits)).toContain('TOO_DEEP');
    expect(refusal('['.repeat(levels), limits)).toContain('INVALID_JSON');
  });
});

describe('what is not JSON', () => {
  it.each(['', ' \n', '{"a"', '{"a":1} x', '{"a":1,}', "{'a':1}", 'NaN', '{"a":"\u0001"}', '[1 2]'])(
    '%j is refused',
    (text) => {
      expect(refusal(text)).toEqual(['INVALID_JSON', undefined]);
      expect(refusal(Buffer.from(text))).toEqual(['INVALID_JSON', undefined]);
    },
  );

  it('bytes that are not UTF-8, and a byte order mark, are refused', () => {
    expect(refusal(Buffer.from([0x22, 0xff, 0x22]))).toEqual(['INVALID_JSON', undefined]);
    expect(refusal(Buffer.from('"\ufeff"', 'utf16le'))).toEqual(['INVALID_JSON', undefined]);
    expect(refusal(Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]))).toEqual(['INVALID_JSON', undefined]);
    expect(refusal(Buffer.from('\ufeff{}'))).toEqual(['INVALID_JSON', undefined]);
    expect(refusal('\ufeff{}')).toEqual(['INVALID_JSON', undefined]);
  });

  it('a raw NUL is refused wherever it stands', () => {
    expect(refusal('{"a":"\0"}')).toEqual(['NUL_IN_TEXT', undefined]);
    expect(refusal(Buffer.from('{}\0'))).toEqual(['NUL_IN_TEXT', undefined]);
  });

  it('more bytes than allowed are refused, counted as UTF-8', () => {
    expect(refusal('"é"', { bytes: 3 })).toEqual(['BODY_TOO_LARGE', undefined]);
    expect(refusal(Buffer.alloc(1024 * 1024 + 1, 0x20))).toEqual(['BODY_TOO_LARGE', undefined]);
  });
});

describe('names that every object has', () => {
  it('are data like any other', () => {
    const parsed = parseJson(
      '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"toString":1}',
    );
    expect(parsed.kind === 'ok' && Object.keys(parsed.value as object)).toEqual([
      '__proto__',
      'constructor',
      'toString',
    ]);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('a key too long to show is named by the object that holds it', () => {
    const key = 'k'.repeat(10_000);
    expect(refusal(`{"a":{"${key}":1,"${key}":2}}`)).toEqual(['DUPLICATE_KEY', '/a']);
  });
});
