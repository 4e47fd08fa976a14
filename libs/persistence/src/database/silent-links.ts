import type { Pool, PoolClient } from 'pg';

/** As the driver says it when an answer did not come in time. */
const SILENCE = /query read timeout/i;

/**
 * A link that fell silent seldom did so alone: what took one has taken those that lie in the pool, and each of them would cost
 * somebody the whole wait. So after one such wait all go that have not been used since it began.
 */
export function endSilentLinks(pool: Pool, milliseconds: number): void {
  const idle = new Map<PoolClient, number>();
  pool.on('acquire', (client) => idle.delete(client));
  pool.on('remove', (client) => idle.delete(client));
  pool.on('release', (error: unknown, client) => {
    if (isSilence(error)) endUnusedSince(performance.now() - milliseconds, idle);
    else if (!error) idle.set(client, performance.now());
  });
}

function isSilence(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) if (SILENCE.test(at.message)) return true;
  return false;
}

function endUnusedSince(moment: number, idle: Map<PoolClient, number>): void {
  for (const [client, since] of idle) if (since <= moment) cut(client);
}

/** Asked to end in order it would wait for an answer; the pool hears of a link that broke, and forgets it. */
function cut(client: PoolClient): void {
  const stream = (client as { readonly connection?: { readonly stream?: unknown } }).connection?.stream;
  if (typeof stream === 'object' && stream !== null && 'destroy' in stream && typeof stream.destroy === 'function')
    stream.destroy(new Error('another link to the same server fell silent'));
}
