import type { Json } from './http-json-spots.js';

export const OTHER_TYPES: readonly Json[] = [null, true, 7, 'x', [], {}, [1], { a: 1 }];
export const STRINGS: readonly string[] = [
  '',
  'x'.repeat(65_536),
  '\u202egpj.exe',
  'e\u0301',
  '😀',
  'a\r\nSet-Cookie: a=b',
  '\u001b[31m',
  'toString',
  ' ',
  '../../etc',
];
export const UNSTORABLE: readonly string[] = ['a\0b', '\ud800', 'x\udc00y', '\0'];
export const HEX: readonly string[] = [
  '0x',
  '0X1',
  `0x${'1'.repeat(17)}`,
  '1',
  '0xg',
  '-0x1',
  ' 0x1',
  '0x1 ',
  '0xAB',
  'x1',
];
export const TIMES: readonly string[] = [
  '2026-06-30T23:59:61Z',
  '+275760-09-13T00:00:00Z',
  '2026-11-20T07:00:00',
  '0000-00-00T00:00:00Z',
  '2026-02-30T00:00:00Z',
  '2026-11-20',
  'now',
  '20261120T070000Z',
  '1e12',
  '2026-11-20T25:00:00Z',
];
export const KEYS: readonly string[] = [
  'unexpected',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'revision',
  'fleet',
  'createdAt',
];
export const NUMBERS: readonly string[] = [
  '1e400',
  '-1e400',
  '9007199254740993',
  '-9007199254740993',
  '1.5',
  '-1',
  '4294967296',
  '123456789012345678901234567890',
];

export const NAMES = [
  'a'.repeat(129),
  '..',
  '.',
  '%2e%2e',
  'a%2fb',
  'a%00b',
  'a%zz',
  '-a',
  '%20',
  'a%20b',
  '%F0%9F%98%80',
  'a'.repeat(600),
  '%ff',
  'a%0d%0ab',
  "a'--",
];
export const VERBS = ['GET', 'PUT', 'POST', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'];
