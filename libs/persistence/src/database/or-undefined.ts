/** Rows say null; everything else here says undefined. */
export const orUndefined = <T>(value: T | null): T | undefined => value ?? undefined;
