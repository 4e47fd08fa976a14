/** In steps of the base: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h with one of 5 s. Standard Webhooks' own example. */
const STEPS = [1, 60, 360, 1_440, 3_600, 7_200, 10_080, 14_400, 17_280] as const;

export const RETRY_BASE_MILLISECONDS = 5_000;
/** Up to this share a wait is longer, so that what failed together is not tried again together. */
const JITTER = 0.2;

export const MOST_ATTEMPTS = STEPS.length + 1;

/** How long to wait after the attempt of this number, from 1; undefined when it was the last. `chance` is in [0, 1). */
export function retryAfter(attempt: number, base: number, chance: number): number | undefined {
  const step = STEPS[attempt - 1];
  return step === undefined ? undefined : Math.round(base * step * (1 + JITTER * chance));
}
