import { expect } from 'vitest';

/** As `expect.poll`, with patience for a machine that is busy: nothing is said of how soon. */
export const soon = <T>(look: () => T): ReturnType<typeof expect.poll<T>> => expect.poll(look, { timeout: 30_000 });
