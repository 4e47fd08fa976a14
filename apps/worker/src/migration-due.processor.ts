import { MIGRATION_DUE_QUEUE, type MigrationDueJob, Migrations } from '@berth/application';
import { type Consumer, RUNTIME, type Runtime } from '@berth/runtime';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';

const CONCURRENCY = 2;

/** The queue's door to expiries and deadlines. A job that comes too early, too late or twice changes nothing. */
@Injectable()
export class MigrationDueProcessor implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #runtime: Runtime;
  readonly #migrations: Migrations;
  #consumer: Consumer<typeof MIGRATION_DUE_QUEUE> | undefined;

  constructor(@Inject(RUNTIME) runtime: Runtime, @Inject(Migrations) migrations: Migrations) {
    this.#runtime = runtime;
    this.#migrations = migrations;
  }

  onApplicationBootstrap(): void {
    this.#consumer = this.#runtime.queues.consume(MIGRATION_DUE_QUEUE, (job) => this.#run(job), {
      concurrency: CONCURRENCY,
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#consumer?.close();
  }

  async #run({ fleet, migration }: MigrationDueJob): Promise<void> {
    const state = await this.#migrations.due(fleet, migration);
    this.#runtime.logger.debug({ fleet, migration, state }, 'migration due');
  }
}
