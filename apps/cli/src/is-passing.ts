import { Failure } from './failure.js';

const FOR_A_WHILE: ReadonlySet<string> = new Set(['UNAVAILABLE', 'STREAMS_FULL', 'INTERNAL']);

/** A network, or a server, that is away or at fault for a while: what became of the call is not known, and it may be asked again. */
export const isPassing = (error: unknown): boolean =>
  error instanceof Failure && (error.code === undefined || FOR_A_WHILE.has(error.code));
