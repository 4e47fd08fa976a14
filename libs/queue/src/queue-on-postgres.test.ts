import pg from 'pg';
import { expect, test } from 'vitest';
import { startPostgres } from '../../../test/support/postgres.js';
import { FrameProxy } from '../../../test/support/postgres-frames.js';
import { postgresTransport } from './postgres-transport.js';
import { queueContract } from './queue.contract.js';
import { openQueues } from './queues.js';
import { SCHEMA } from './settings.js';

queueContract('Postgres', async () => {
  const database = await startPostgres();
  const hasStalled = async (queue: string, job: string, times: number): Promise<void> => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query(`UPDATE ${SCHEMA}.job SET stalled_count = $3 WHERE queue = $1 AND id = $2`, [queue, job, times]);
    await client.end();
  };
  return {
    databaseUrl: database.url,
    transport: postgresTransport(database.url),
    hasStalled,
    stop: () => database.stop(),
  };
});

// BullMQ looks at its schema on a link of the pool's before anybody else does, and pg's clients end the program when nobody hears their error.
test('a link that breaks at any message while a queue is opened is an error to whoever asked, and to nobody else', async () => {
  const database = await startPostgres();
  const prepared = openQueues({ databaseUrl: database.url });
  expect(await prepared.ready()).toEqual({ kind: 'ready' });
  await prepared.close();

  const counting = await FrameProxy.to(database.url);
  expect(await openedThrough(counting)).toBe('ready');
  const messages = counting.passed;
  await counting.close();
  for (let message = 0; message < messages; message += 1) {
    const proxy = await FrameProxy.to(database.url);
    proxy.cutAt({ message, when: 'after' });
    await openedThrough(proxy);
    await proxy.close();
  }
  await database.stop();
});

/** A queue as a worker and a sender have it, from its first look at the server. */
async function openedThrough(proxy: FrameProxy): Promise<string> {
  const backend = postgresTransport(proxy.url).sender('berth.opened', { connection: {} }, {});
  const opened = await backend.waitUntilReady().then(
    () => 'ready',
    () => 'broken',
  );
  await backend.close(true);
  return opened;
}
