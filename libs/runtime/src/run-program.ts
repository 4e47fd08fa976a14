import { writeSync } from 'node:fs';
import { type Config, ConfigError, loadConfig, requireDatabaseUrl } from './config.js';
import { createLogger, type Logger } from './logger.js';

/** A program that is up; `stop` is called once, however often it is asked. */
export interface Program {
  /** where it listens, if it does */
  readonly url?: string;
  stop(): Promise<void>;
}

// The supervisor gives each child 4 s before it kills it; leave it the time to see the exit.
const STOP_DEADLINE_MS = 3500;

/**
 * The life of a program: start, run until asked to stop, stop in order, exit 0.
 * Asked means SIGTERM or SIGINT, or, under a supervisor, that the supervisor is gone: without it nobody
 * would stop this process any more, and its database may be going down with it.
 */
export async function runProgram(
  part: string,
  start: (config: Config, logger: Logger) => Promise<Program>,
): Promise<void> {
  const asked = stopRequest();
  const config = configOrExit();
  const logger = createLogger(part, config.logLevel);
  const die = (error: unknown): never => {
    if (error instanceof ConfigError) exitWith(error);
    logger.fatal({ err: error }, 'stopped by an error');
    process.exit(1);
  };
  process.on('uncaughtException', die);
  process.on('unhandledRejection', die);
  try {
    const program = await start(config, logger);
    tellSupervisor(program.url);
    const why = await asked;
    logger.info({ why }, 'stopping');
    setTimeout(() => process.exit(1), STOP_DEADLINE_MS).unref();
    await program.stop();
    process.exit(0);
  } catch (error) {
    die(error);
  }
}

function configOrExit(): Config {
  try {
    const config = loadConfig();
    requireDatabaseUrl(config);
    return config;
  } catch (error) {
    if (error instanceof ConfigError) exitWith(error);
    throw error;
  }
}

/** For a person at a terminal: a list of faults, not a stack. */
function exitWith(error: ConfigError): never {
  writeSync(2, `berth: ${error.message}\n`);
  process.exit(2);
}

function tellSupervisor(url: string | undefined): void {
  if (process.connected) process.send?.(url === undefined ? { kind: 'ready' } : { kind: 'ready', url });
}

function stopRequest(): Promise<string> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve('SIGTERM'));
    if (process.connected) {
      // Ctrl-C reaches the whole foreground group at once; the supervisor stops its children in order
      process.on('SIGINT', () => undefined);
      process.once('disconnect', () => resolve('the supervisor is gone'));
    } else {
      process.once('SIGINT', () => resolve('SIGINT'));
    }
  });
}
