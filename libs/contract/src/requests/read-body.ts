import type { Parsed } from '../fields/faults.js';
import { parseJson } from '../json/parse-json.js';
import type { Refused } from '../problems/problem.js';

export type ReadBody<T> = { readonly kind: 'ok'; readonly value: T } | Refused;

/** Bytes to model in one go: strict JSON first, then the document's own parser, whose faults are told all at once. */
export function readBody<T>(input: string | Buffer, parse: (value: unknown) => Parsed<T>): ReadBody<T> {
  const json = parseJson(input);
  if (json.kind === 'refused') {
    const { code, detail, pointer } = json.problem;
    return { kind: 'refused', code, detail, ...(pointer === undefined ? {} : { errors: [{ pointer, code, detail }] }) };
  }
  const parsed = parse(json.value);
  if (parsed.kind === 'invalid') return { kind: 'refused', code: 'INVALID_DOCUMENT', errors: parsed.faults };
  return { kind: 'ok', value: parsed.value };
}
