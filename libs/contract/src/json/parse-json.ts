import { Buffer, isUtf8 } from 'node:buffer';
import { jsonPointer } from './json-pointer.js';
import type { JsonValue } from './json-value.js';
import { pathAt, type Refusal, scanJson } from './scan-json.js';

export interface JsonLimits {
  readonly bytes: number;
  /** How deep objects and lists may nest; the outermost counts. */
  readonly levels: number;
}

export const JSON_LIMITS: JsonLimits = { bytes: 1024 * 1024, levels: 32 };

/** Each of them is also the code of a problem. */
export type JsonRefusalCode = 'BODY_TOO_LARGE' | 'INVALID_JSON' | Refusal['code'];

export interface JsonRefusal {
  readonly code: JsonRefusalCode;
  readonly detail: string;
  readonly pointer?: string;
}

export type ParsedJson =
  | { readonly kind: 'ok'; readonly value: JsonValue }
  | { readonly kind: 'refused'; readonly problem: JsonRefusal };

/** A key of a megabyte would make a pointer of a megabyte. */
const MAX_POINTER = 512;

/** Strict JSON: what two readers could understand in two ways, or what Postgres cannot store, is refused. */
export function parseJson(input: string | Buffer, limits: Partial<JsonLimits> = {}): ParsedJson {
  const bytes = limits.bytes ?? JSON_LIMITS.bytes;
  const size = typeof input === 'string' ? Buffer.byteLength(input) : input.length;
  if (size > bytes) return refused('BODY_TOO_LARGE', `expected at most ${bytes} bytes, got ${size}`);
  const levels = limits.levels ?? JSON_LIMITS.levels;
  if (typeof input === 'string') return parseText(input, levels, false);
  if (!isUtf8(input)) return refused('INVALID_JSON', 'expected UTF-8, got other bytes');
  return parseText(input.toString('utf8'), levels, true);
}

function parseText(text: string, levels: number, fromUtf8: boolean): ParsedJson {
  if (text.charCodeAt(0) === 0xfeff) return refused('INVALID_JSON', 'expected JSON, got a byte order mark before it');
  if (text.includes('\0')) return refused('NUL_IN_TEXT', 'expected JSON, got a NUL byte in it');
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch (cause) {
    return refused('INVALID_JSON', syntaxDetail(text, cause));
  }
  const found = scanJson(text, levels, fromUtf8);
  return found === undefined
    ? { kind: 'ok', value }
    : refused(found.code, scanDetail(found, levels), pointerOf(text, found));
}

function scanDetail(refusal: Refusal, levels: number): string {
  switch (refusal.code) {
    case 'TOO_DEEP':
      return `expected at most ${levels} levels of nesting, got more`;
    case 'DUPLICATE_KEY':
      return 'expected each key once, got it twice in one object';
    case 'NUL_IN_TEXT':
      return 'expected text, got U+0000 in it';
    case 'LONE_SURROGATE':
      return 'expected text, got half of a surrogate pair in it';
    case 'NUMBER_RANGE':
      return 'expected a number that a double can hold, got one beyond that; send it as a string';
  }
}

/** A key that cannot be shown itself is named by the object that holds it. */
function pointerOf(text: string, refusal: Refusal): string | undefined {
  const path = pathAt(text, refusal.at);
  return [path, path.slice(0, -1)].map(jsonPointer).find(isPrintable);
}

function isPrintable(pointer: string): boolean {
  return pointer.length <= MAX_POINTER && !/[\0\ud800-\udfff]/u.test(pointer);
}

function syntaxDetail(text: string, cause: unknown): string {
  if (text.trim() === '') return 'expected JSON, got nothing';
  const message = cause instanceof Error ? cause.message : '';
  const position = /at position (\d+)/.exec(message)?.[1];
  if (position !== undefined) return `expected JSON, got something else at character ${position}`;
  return /end of JSON/.test(message)
    ? 'expected JSON, got text that ends too early'
    : 'expected JSON, got something else';
}

function refused(code: JsonRefusalCode, detail: string, pointer?: string): ParsedJson {
  return { kind: 'refused', problem: pointer === undefined ? { code, detail } : { code, detail, pointer } };
}
