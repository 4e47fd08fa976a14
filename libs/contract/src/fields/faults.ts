import type { z } from 'zod';
import { jsonPointer } from '../json/json-pointer.js';
import { describe } from './describe.js';

/** One thing wrong with a document or request. */
export interface Fault {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

export type Parsed<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'invalid'; readonly faults: readonly Fault[] };

const MAX_FAULTS = 200;
const MAX_CHARACTERS = 40_000;
const MAX_KEY = 160;

export function fault(path: readonly PropertyKey[], code: string, expected: string, got: unknown): Fault {
  const tokens = path.map((token) =>
    typeof token === 'string' && token.length > MAX_KEY ? `${token.slice(0, MAX_KEY)}…` : token,
  );
  return { pointer: jsonPointer(tokens), code, detail: `expected ${expected}, got ${describe(got)}` };
}

/** Each fault once, and not so many that the answer outgrows its reader. */
export function boundFaults(faults: readonly Fault[]): Fault[] {
  const seen = new Set<string>();
  const kept: Fault[] = [];
  let characters = 0;
  for (const each of faults) {
    const key = `${each.code} ${each.pointer}`;
    if (seen.has(key)) continue;
    seen.add(key);
    characters += each.pointer.length + each.detail.length;
    if (kept.length < MAX_FAULTS && characters <= MAX_CHARACTERS) kept.push(each);
  }
  const left = seen.size - kept.length;
  return left === 0 ? kept : [...kept, { pointer: '', code: 'MORE', detail: `and ${left} more` }];
}

export function withPrefix<T extends { readonly pointer: string }>(prefix: string, found: readonly T[]): T[] {
  return found.map((each) => ({ ...each, pointer: `${prefix}${each.pointer}` }));
}

export function invalid<T>(faults: readonly Fault[]): Parsed<T> {
  return { kind: 'invalid', faults: boundFaults(faults) };
}

type Issue = z.core.$ZodIssue;

/** The value as the schema has it, or what is wrong with it. */
export function parseWith<S extends z.ZodType>(schema: S, value: unknown): Parsed<z.output<S>> {
  const parsed = checkWith(schema, value);
  return parsed.kind === 'ok' ? parsed : invalid(parsed.faults);
}

/** As `parseWith`, with all that is wrong, however much: for those who have more to add. */
export function checkWith<S extends z.ZodType>(schema: S, value: unknown): Parsed<z.output<S>> {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return { kind: 'ok', value: parsed.data };
  return { kind: 'invalid', faults: parsed.error.issues.flatMap((issue) => faultsOf(issue)) };
}

function faultsOf(issue: Issue): Fault[] {
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        ...fault([...issue.path, key], 'UNKNOWN_FIELD', '', undefined),
        detail: `expected no field ${describe(key)} here`,
      }));
    case 'invalid_key':
      return [fault(issue.path, 'FORMAT', expectedOfKey(issue), issue.input)];
    case 'invalid_type':
      return [typeFault(issue)];
    case 'invalid_value':
      return [fault(issue.path, issue.input === undefined ? 'REQUIRED' : 'ENUM', oneOf(issue.values), issue.input)];
    case 'invalid_union':
      return [fault(issue.path, typeof issue.input === 'string' ? 'FORMAT' : 'TYPE', issue.message, issue.input)];
    case 'too_big':
    case 'too_small':
      return [sizeFault(issue)];
    case 'custom':
      return [fault(issue.path, String(issue.params?.code ?? 'FORMAT'), issue.message, issue.input)];
    default:
      return [fault(issue.path, 'FORMAT', issue.message, issue.input)];
  }
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: '`true` or `false`',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

function typeFault(issue: Extract<Issue, { code: 'invalid_type' }>): Fault {
  const said = issue.message.startsWith('Invalid input') ? undefined : issue.message;
  const expected = said ?? TYPE_NAMES[issue.expected] ?? issue.expected;
  return fault(issue.path, issue.input === undefined ? 'REQUIRED' : 'TYPE', expected, issue.input);
}

function sizeFault(issue: Extract<Issue, { code: 'too_big' | 'too_small' }>): Fault {
  const large = issue.code === 'too_big';
  const bound = `${large ? 'at most' : 'at least'} ${large ? issue.maximum : issue.minimum}`;
  const counted = COUNTED[issue.origin];
  if (counted === undefined) return fault(issue.path, 'RANGE', bound, issue.input);
  return fault(issue.path, large ? 'TOO_LONG' : 'TOO_SHORT', `${bound} ${counted}`, issue.input);
}

const COUNTED: Readonly<Record<string, string>> = {
  string: 'characters',
  array: 'items',
  object: 'fields',
  record: 'fields',
};

function expectedOfKey(issue: Extract<Issue, { code: 'invalid_key' }>): string {
  return issue.issues[0]?.message ?? 'another key';
}

export function oneOf(values: readonly unknown[]): string {
  const shown = values.map((value) => describe(value));
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} or ${shown.at(-1)}`;
}
