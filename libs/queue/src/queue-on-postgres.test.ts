import pg from 'pg';
import { startPostgres } from '../../../test/support/postgres.js';
import { postgresTransport } from './postgres-transport.js';
import { queueContract } from './queue.contract.js';
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
