/** A Map, since `__proto__` and `constructor` are legal labels. */
export function readLabels(value: unknown): ReadonlyMap<string, string> {
  if (typeof value !== 'object' || value === null) throw new Error('`labels` is not an object');
  return new Map(Object.entries(value).map(([name, label]) => [name, String(label)]));
}

export const printLabels = (labels: ReadonlyMap<string, string>): string => JSON.stringify(Object.fromEntries(labels));
