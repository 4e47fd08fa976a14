import type { LoggerService } from '@nestjs/common';
import type { Logger } from './logger.js';

/** Nest's own messages, in our log. Nest passes the context as the last argument, and a stack before it on `error`. */
export class NestLogger implements LoggerService {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  // Nest's start-up chatter is of interest to nobody who runs Berth
  log(message: unknown, ...rest: unknown[]): void {
    this.#logger.debug({ context: rest.at(-1) }, String(message));
  }

  error(message: unknown, ...rest: unknown[]): void {
    const [stack] = rest.length > 1 ? rest : [];
    this.#logger.error(
      { context: rest.at(-1), ...(message instanceof Error ? { err: message } : { stack }) },
      String(message),
    );
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.#logger.warn({ context: rest.at(-1) }, String(message));
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.#logger.debug({ context: rest.at(-1) }, String(message));
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.#logger.trace({ context: rest.at(-1) }, String(message));
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.#logger.fatal({ context: rest.at(-1) }, String(message));
  }
}
