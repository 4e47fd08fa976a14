/** RFC 7396 for one level: null takes away. A Map, since `__proto__` and `constructor` are legal labels. */
export function mergeLabels(
  labels: ReadonlyMap<string, string>,
  patch: ReadonlyMap<string, string | null>,
): ReadonlyMap<string, string> {
  const merged = new Map(labels);
  for (const [name, value] of patch) {
    if (value === null) merged.delete(name);
    else merged.set(name, value);
  }
  return merged;
}
