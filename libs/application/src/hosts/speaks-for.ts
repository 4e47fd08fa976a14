import type { Caller } from '../caller.js';

/** An agent writes its own host's facts and no other's. */
export const speaksFor = (caller: Caller, host: string): boolean => caller.role !== 'agent' || caller.host === host;
