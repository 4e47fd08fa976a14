export type { Consumer, Handler, QueueFault, QueueReadiness, Queues, Received } from '@berth/queue';
export { type AdminKey, ensureAdminKey } from './admin-key.js';
export {
  type Config,
  ConfigError,
  type ConfigFault,
  type ConfigRead,
  type Environment,
  loadConfig,
  readConfig,
  requireDatabaseUrl,
  VARIABLES,
} from './config.js';
export type { LogLevel } from './config-fields.js';
export { createLogger, type Logger } from './logger.js';
export { NestLogger } from './nest-logger.js';
export { openRuntime } from './open-runtime.js';
export { type Program, runProgram } from './run-program.js';
export type { HealthPart, Runtime, UseCaseType } from './runtime.js';
export { RUNTIME, RuntimeModule } from './runtime.module.js';
export { serverAddress } from './server-address.js';
