import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { Runtime, UseCaseType } from './runtime.js';
import { USE_CASES } from './use-cases.js';

/** `@Inject(RUNTIME) runtime: Runtime`, for what is not a use-case: config, logger, health. */
export const RUNTIME = Symbol('runtime');

/**
 * Provides every use-case under its own class, and the runtime itself under RUNTIME, to the whole app.
 * `open` is called when Nest builds the providers, so printing the OpenAPI document (`preview: true`) opens nothing.
 */
@Module({})
export class RuntimeModule implements OnApplicationShutdown {
  readonly #runtime: Runtime;

  constructor(@Inject(RUNTIME) runtime: Runtime) {
    this.#runtime = runtime;
  }

  static forRoot(open: () => Promise<Runtime>): DynamicModule {
    const useCases = USE_CASES.map((type: UseCaseType<unknown>) => ({
      provide: type,
      inject: [RUNTIME],
      useFactory: (runtime: Runtime) => runtime.useCase(type),
    }));
    const tokens = [RUNTIME, ...USE_CASES];
    return {
      module: RuntimeModule,
      global: true,
      providers: [{ provide: RUNTIME, useFactory: open }, ...useCases],
      exports: tokens,
    };
  }

  // Nest calls this after the HTTP server is closed and the workers are idle: now nobody needs the links
  async onApplicationShutdown(): Promise<void> {
    await this.#runtime.close();
  }
}
