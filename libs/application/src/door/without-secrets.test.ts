import { describe, expect, test } from 'vitest';
import { newSecretKey, printKey } from '../keys/secret-key.js';
import { idOfRequest } from './request-id.js';
import { lineWithoutSecrets, printedWithoutSecrets } from './without-secrets.js';

const key = newSecretKey();
const printed = printKey(key);

describe('what is kept of a payload', () => {
  test.each<[string, unknown, string]>([
    ['its key, by its id', { key: printed }, `{"key":"berth_${key.id}_[secret]"}`],
    ['a key within other text', [`is ${printed} it?`], `["is berth_${key.id}_[secret] it?"]`],
    ['a key that is a field’s name', { [printed]: 1 }, `{"berth_${key.id}_[secret]":1}`],
    ['a key that was cut', { key: printed.slice(0, 40) }, `{"key":"berth_${key.id}_[secret]"}`],
    ['a key in capitals', printed.toUpperCase(), `"berth_${key.id.toUpperCase()}_[secret]"`],
    [
      'what stands where a key would',
      { key: 'hunter2', a: { Password: 'x', token: 7 } },
      '{"key":"[secret]","a":{"Password":"[secret]","token":7}}',
    ],
    ['the rest as it was', { v: 1, body: { vm: 'vm-1', keys: ['a'] } }, '{"v":1,"body":{"vm":"vm-1","keys":["a"]}}'],
    ['nothing of nothing', undefined, 'null'],
  ])('%s', (_, data, expected) => {
    expect(printedWithoutSecrets(data)).toBe(expected);
  });

  test('the size alone, when it is large', () => {
    expect(printedWithoutSecrets('x'.repeat(2_000_000))).toBe('{"tooLarge":2000002}');
  });

  test('that it cannot be printed, when it is too deep for that', () => {
    let deep: unknown = 0;
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    expect(printedWithoutSecrets(deep)).toBe('"a payload that cannot be printed"');
  });

  test('a line that Postgres can store', () => {
    expect(lineWithoutSecrets(`${printed}\0\ud800${'x'.repeat(1000)}`)).toBe(
      `berth_${key.id}_[secret]??${'x'.repeat(467)}`,
    );
  });
});

test('a request has one id in its fleet, a UUID of version 8', () => {
  const id = idOfRequest('f1', 'r1');
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(idOfRequest('f1', 'r1')).toBe(id);
  const others = [idOfRequest('f2', 'r1'), idOfRequest('f1', 'r2'), idOfRequest('f1r', '1')];
  expect(new Set([id, ...others]).size).toBe(4);
});
