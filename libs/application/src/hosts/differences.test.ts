import { expect, test } from 'vitest';
import { differences } from './differences.js';

test('each leaf that differs is named by its pointer, with what each side has there', () => {
  const before = { a: 1, gone: true, deep: { 'x/y': 1, '~': 2, same: [1, { z: 1 }] }, list: [1, 2] };
  const after = { a: 1, deep: { 'x/y': 3, '~': 2, same: [1, { z: 1 }] }, list: [1, 3], fresh: null };
  expect(differences(before, after)).toEqual([
    { pointer: '/deep/x~1y', before: 1, after: 3 },
    { pointer: '/fresh', after: null },
    { pointer: '/gone', before: true },
    { pointer: '/list', before: [1, 2], after: [1, 3] },
  ]);
});

test('names that every object has are names like others', () => {
  const odd = JSON.parse('{"__proto__": {"a": 1}, "constructor": 2}');
  expect(differences({}, odd)).toEqual([
    { pointer: '/__proto__', after: { a: 1 } },
    { pointer: '/constructor', after: 2 },
  ]);
  expect(differences(odd, odd)).toEqual([]);
  expect(differences({ toString: 'a' }, {})).toEqual([{ pointer: '/toString', before: 'a' }]);
});

test('order of keys is no difference', () => {
  expect(differences({ a: { b: 1, c: [{ d: 1, e: 2 }] } }, { a: { c: [{ e: 2, d: 1 }], b: 1 } })).toEqual([]);
});
