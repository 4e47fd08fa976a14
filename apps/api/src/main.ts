import 'reflect-metadata';
import { openRuntime, runProgram } from '@berth/runtime';
import { createApi } from './create-api.js';

await runProgram('api', async (config, logger) => {
  const app = await createApi(() => openRuntime(config, logger), logger);
  await app.listen(config.port, config.host);
  const url = await app.getUrl();
  logger.info({ url }, 'listening');
  return { url, stop: () => app.close() };
});
