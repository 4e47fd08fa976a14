export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export interface Spot {
  readonly pointer: string;
  readonly value: Json;
  readonly put: (value: Json) => Json;
}

/** Every place in a document, with a way to write something else there. */
export function spotsOf(root: Json): Spot[] {
  const spots: Spot[] = [];
  const walk = (value: Json, pointer: string, put: (value: Json) => Json): void => {
    spots.push({ pointer, value, put });
    if (typeof value !== 'object' || value === null) return;
    for (const [key, child] of Object.entries(value)) {
      walk(child, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, (next) =>
        put(withKey(value, key, next)),
      );
    }
  };
  walk(root, '', (value) => value);
  return spots;
}

export function withKey(holder: Json[] | { [key: string]: Json }, key: string, next: Json): Json {
  if (Array.isArray(holder)) return holder.map((item, at) => (String(at) === key ? next : item));
  const copy: { [key: string]: Json } = { ...holder };
  // `__proto__` as a key like any other
  Object.defineProperty(copy, key, { value: next, enumerable: true, configurable: true, writable: true });
  return copy;
}

export function without(holder: { [key: string]: Json }, key: string): Json {
  return Object.fromEntries(Object.entries(holder).filter(([name]) => name !== key));
}

export const isObject = (value: Json): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
