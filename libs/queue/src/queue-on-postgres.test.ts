import { startPostgres } from '../../../test/support/postgres.js';
import { postgresTransport } from './postgres-transport.js';
import { queueContract } from './queue.contract.js';

queueContract('Postgres', async () => {
  const database = await startPostgres();
  return { databaseUrl: database.url, transport: postgresTransport(database.url), stop: () => database.stop() };
});
