import type { JsonObject, JsonValue } from '../json.js';

/** One place where two documents differ; a side that has nothing there leaves its value out. */
export interface Difference {
  readonly pointer: string;
  readonly before?: JsonValue;
  readonly after?: JsonValue;
}

const isObject = (value: JsonValue): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');
const own = (object: JsonObject, key: string): JsonValue | undefined =>
  Object.hasOwn(object, key) ? object[key] : undefined;

/** What changed, leaf by leaf, in the order of the keys. Arrays are compared whole: their elements have no names. */
export function differences(before: JsonObject, after: JsonObject, at = ''): readonly Difference[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return keys.flatMap((key) => compare(own(before, key), own(after, key), `${at}/${escaped(key)}`));
}

function compare(before: JsonValue | undefined, after: JsonValue | undefined, pointer: string): readonly Difference[] {
  if (before !== undefined && after !== undefined) {
    if (isObject(before) && isObject(after)) return differences(before, after, pointer);
    if (sameValue(before, after)) return [];
  }
  return [{ pointer, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }];
}

function sameValue(a: JsonValue, b: JsonValue): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => sameValue(item, b[index] ?? null));
  if (isObject(a) && isObject(b)) return differences(a, b).length === 0;
  return a === b;
}
