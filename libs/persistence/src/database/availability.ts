import { Unavailable, type UnavailableCause } from '@berth/application';

/** What Postgres says, by SQLSTATE; classes have two characters. */
const BY_STATE: ReadonlyMap<string, UnavailableCause> = new Map([
  ['08', 'unreachable'],
  ['57P01', 'unreachable'],
  ['57P02', 'unreachable'],
  ['57P03', 'unreachable'],
  ['57P05', 'timeout'],
  ['57014', 'timeout'],
  ['25P03', 'timeout'],
  ['25P04', 'timeout'],
  ['55P03', 'timeout'],
  ['25006', 'unreachable'],
  ['40001', 'overloaded'],
  ['40P01', 'overloaded'],
  ['53100', 'storage-full'],
  ['53', 'overloaded'],
  ['58', 'unreachable'],
  ['3D000', 'unreachable'],
  ['28', 'unreachable'],
]);

/** What the socket says. */
const BY_ERRNO: ReadonlyMap<string, UnavailableCause> = new Map([
  ['ECONNREFUSED', 'unreachable'],
  ['ECONNRESET', 'unreachable'],
  ['ECONNABORTED', 'unreachable'],
  ['EPIPE', 'unreachable'],
  ['EHOSTUNREACH', 'unreachable'],
  ['ENETUNREACH', 'unreachable'],
  ['ENOTFOUND', 'unreachable'],
  ['EAI_AGAIN', 'unreachable'],
  ['ENOENT', 'unreachable'],
  ['EMFILE', 'overloaded'],
  ['ETIMEDOUT', 'timeout'],
]);

/** What the driver says: its own errors have a sentence and no code. */
const BY_SENTENCE: readonly (readonly [RegExp, UnavailableCause])[] = [
  [/query read timeout/i, 'timeout'],
  [/timeout exceeded when trying to connect|timeout expired/i, 'overloaded'],
  [/connection terminated|connection error and is not queryable|was closed and is not queryable/i, 'unreachable'],
  [/cannot use a pool after calling end/i, 'unreachable'],
  [/can't reach database server|server has closed the connection|connection ended unexpectedly/i, 'unreachable'],
];

/** Prisma's own codes look the same: `P1001` and up, where Postgres has `P0` alone. */
const STATE = /^(?!P[1-9])[0-9A-Z]{5}$/;

const textOf = (error: object, field: string): string | undefined => {
  const value: unknown = Reflect.get(error, field);
  return typeof value === 'string' ? value : undefined;
};

/** The SQLSTATE of an error of the driver, or of the one that Prisma wrapped. */
export function stateOf(error: unknown): string | undefined {
  for (const cause of causesOf(error)) {
    const state = textOf(cause, 'originalCode') ?? textOf(cause, 'code');
    if (state !== undefined && STATE.test(state)) return state;
  }
  return undefined;
}

/** An error and all that it wraps; Prisma hides the driver's own below `meta` and `cause`. */
function causesOf(error: unknown, depth = 0): readonly object[] {
  if (typeof error !== 'object' || error === null || depth > 5) return [];
  const inner = [Reflect.get(error, 'cause'), Reflect.get(error, 'meta'), Reflect.get(error, 'driverAdapterError')];
  return [error, ...inner.flatMap((cause) => causesOf(cause, depth + 1))];
}

function whyOf(error: unknown): UnavailableCause | undefined {
  const state = stateOf(error);
  const byState = state === undefined ? undefined : (BY_STATE.get(state) ?? BY_STATE.get(state.slice(0, 2)));
  if (byState !== undefined) return byState;
  for (const cause of causesOf(error)) {
    const byErrno = BY_ERRNO.get(textOf(cause, 'code') ?? '');
    if (byErrno !== undefined) return byErrno;
    const message = textOf(cause, 'message') ?? textOf(cause, 'originalMessage') ?? '';
    const bySentence = BY_SENTENCE.find(([sentence]) => sentence.test(message));
    if (bySentence !== undefined) return bySentence[1];
  }
  return undefined;
}

/** The error as the use-cases know it: `Unavailable` where asking again may help, itself otherwise. */
export function asUnavailable(error: unknown): unknown {
  if (error instanceof Unavailable) return error;
  const why = whyOf(error);
  return why === undefined ? error : new Unavailable(why, { cause: error });
}

/** Awaits a query of Prisma's, and speaks of the store's absence as everything else here does. */
export async function available<T>(query: PromiseLike<T>): Promise<T> {
  try {
    return await query;
  } catch (error) {
    throw asUnavailable(error);
  }
}
