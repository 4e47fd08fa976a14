const SHOWN = 60;

/** A value in a sentence: short, on one line, and never the whole of what somebody sent. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value !== 'string') return String(value);
  return value.length <= SHOWN
    ? JSON.stringify(value)
    : `${JSON.stringify(value.slice(0, SHOWN))} and ${value.length - SHOWN} characters more`;
}
