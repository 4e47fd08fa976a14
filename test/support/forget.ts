import type { Fingerprint, Manifest } from '@berth/engine';
import fc from 'fast-check';

/**
 * What is not a fact to forget: what names a thing, what has a default that the contract states, and what a manifest need not
 * speak of, so that it is taken for that of a VM without it.
 */
const KEPT = new Set([
  'slot',
  'gpa',
  'size',
  'offset',
  'index',
  'name',
  'protection',
  'access',
  'mappingsAtFault',
  'machineId',
  'host',
  'hasEl2',
  'gicvGpa',
  'viommu',
  'enabledCapabilities',
]);

type Path = readonly (string | number)[];

function isBranch(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function entriesOf(value: object): readonly (readonly [string | number, unknown])[] {
  if (value instanceof Map) return [...value.entries()] as [string, unknown][];
  return Array.isArray(value) ? value.map((item, index) => [index, item] as const) : Object.entries(value);
}

/** Every fact of a document that could be left out of it. */
function factsIn(value: unknown, path: Path = []): readonly Path[] {
  if (!isBranch(value)) return [];
  return entriesOf(value).flatMap(([key, child]) => {
    const at = [...path, key];
    const own = Array.isArray(value) || KEPT.has(String(key)) || child === undefined ? [] : [at];
    return [...own, ...factsIn(child, at)];
  });
}

function without<T>(value: T, path: Path): T {
  const [key, ...rest] = path;
  if (key === undefined || !isBranch(value)) return value;
  if (value instanceof Map) {
    const copy = new Map<unknown, unknown>(value);
    if (rest.length === 0) copy.delete(key);
    else if (copy.has(key)) copy.set(key, without(copy.get(key), rest));
    return copy as T;
  }
  if (Array.isArray(value)) return value.map((item, index) => (index === key ? without(item, rest) : item)) as T;
  if (!(key in value)) return value;
  const { [key]: gone, ...others } = value as Record<string | number, unknown>;
  return (rest.length === 0 ? others : { ...value, [key]: without(gone, rest) }) as T;
}

/** The same document with some of its facts forgotten. */
export function forgetful<T extends Fingerprint | Manifest>(document: T): fc.Arbitrary<T> {
  const facts = factsIn(document);
  if (facts.length === 0) return fc.constant(document);
  return fc
    .array(fc.constantFrom(...facts), { minLength: 1, maxLength: 4 })
    .map((paths) => paths.reduce((shorter, path) => without(shorter, path), document));
}
