import type { Decision } from '@berth/engine';

/** The rulebook's name is left out: that it moved is not a difference in what it says. */
const printed = ({ rulebook: _, ...rest }: Decision): string =>
  JSON.stringify(rest, (_key, value: unknown) =>
    typeof value === 'bigint' ? `0x${value.toString(16)}` : sorted(value),
  );

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export const sameDecision = (a: Decision, b: Decision): boolean => printed(a) === printed(b);
