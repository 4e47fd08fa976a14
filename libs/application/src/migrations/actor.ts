import type { Caller } from '../caller.js';

/** Who did it, when nobody asked: the clock, or a decision of Berth's own. */
export const BERTH = 'berth';

/**
 * The same for two calls that count as one caller's: an agent stays the same when its key is rotated, since it speaks for its host.
 * Nobody else may use another's key.
 */
export const actorOf = (caller: Caller): string =>
  caller.host === undefined ? `keys/${caller.keyId}` : `hosts/${caller.host}`;

/** What changes by itself is written down under no key. */
export const berthIn = (fleet: string): Caller => ({ fleet, keyId: BERTH, role: 'admin' });
