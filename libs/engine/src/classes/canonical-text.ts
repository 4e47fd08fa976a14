/**
 * One text for one value: names in order, numbers told from texts, and nothing for what is unknown. Not RFC 8785, which has
 * neither 64-bit integers nor maps: this text is compared and digested, and never parsed.
 */
export function canonicalText(value: unknown): string {
  if (typeof value === 'bigint') return `0x${value.toString(16)}`;
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (value instanceof Map) return `<${inOrder([...value])}>`;
  if (typeof value === 'object' && value !== null) return `{${inOrder(Object.entries(value))}}`;
  return JSON.stringify(value) ?? '';
}

function inOrder(entries: readonly [string, unknown][]): string {
  return entries
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${JSON.stringify(name)}:${canonicalText(value)}`)
    .join(',');
}
