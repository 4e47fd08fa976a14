import 'reflect-metadata';
import { NestLogger, openRuntime, runProgram } from '@berth/runtime';
import { NestFactory } from '@nestjs/core';
import { WorkerModule } from './worker.module.js';

await runProgram('worker', async (config, logger) => {
  const module = WorkerModule.forRoot(() => openRuntime(config, logger));
  const app = await NestFactory.createApplicationContext(module, {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  logger.info('at work');
  return { stop: () => app.close() };
});
