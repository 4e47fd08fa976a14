import { type Runtime, RuntimeModule } from '@berth/runtime';
import { type DynamicModule, Module } from '@nestjs/common';
import { Chores } from './chores.js';
import { DriftProcessor } from './drift.processor.js';
import { EventChores } from './events/event-chores.js';
import { MigrationDueProcessor } from './migration-due.processor.js';
import { PreflightProcessor } from './preflight.processor.js';
import { SweepProcessor } from './sweep.processor.js';
import { WebhookProcessor } from './webhooks/webhook.processor.js';

/** The worker: its jobs, its chores, and the runtime that both apps share. */
@Module({})
export class WorkerModule {
  static forRoot(open: () => Promise<Runtime>): DynamicModule {
    return {
      module: WorkerModule,
      imports: [RuntimeModule.forRoot(open)],
      providers: [
        SweepProcessor,
        PreflightProcessor,
        DriftProcessor,
        MigrationDueProcessor,
        Chores,
        EventChores,
        WebhookProcessor,
      ],
    };
  }
}
