/** A yes or a no, or what would tell which. */
export interface Told {
  readonly value: boolean | undefined;
  /** JSON pointers into the question; none where it is known. */
  readonly missing: readonly string[];
}

export const YES: Told = { value: true, missing: [] };
export const NO: Told = { value: false, missing: [] };

export function untold(...missing: readonly string[]): Told {
  return { value: undefined, missing };
}

/** One no is enough for a no, one doubt for a doubt. */
export function all(told: readonly Told[]): Told {
  if (told.some(({ value }) => value === false)) return NO;
  const missing = [...new Set(told.flatMap((one) => one.missing))];
  return missing.length === 0 ? YES : untold(...missing);
}
