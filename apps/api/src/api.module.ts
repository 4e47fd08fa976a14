import { EventFeed, Keys } from '@berth/application';
import { type Runtime, RuntimeModule } from '@berth/runtime';
import { type DynamicModule, Module } from '@nestjs/common';
import { CalibrationController } from './calibration/calibration.controller.js';
import { CatalogueController } from './catalogue/catalogue.controller.js';
import { ChecksController } from './checks/checks.controller.js';
import { DeadLettersController } from './dead-letters/dead-letters.controller.js';
import { DocsController } from './docs/docs.controller.js';
import { DocumentHolder } from './docs/document-holder.js';
import { EventStreams } from './events/event-streams.js';
import { EventsController } from './events/events.controller.js';
import { FleetController } from './fleet/fleet.controller.js';
import { HealthController } from './health/health.controller.js';
import { HostsController } from './hosts/hosts.controller.js';
import { Pulse } from './hosts/pulse.js';
import { RouteTable } from './http/route-table.js';
import { KeysController } from './keys/keys.controller.js';
import { Decisions } from './metrics/decisions.js';
import { MetricsController } from './metrics/metrics.controller.js';
import { Metrics } from './metrics/metrics.js';
import { MigrationsController } from './migrations/migrations.controller.js';
import { PoliciesController } from './policies/policies.controller.js';
import { EvaluationsController } from './preflights/evaluations.controller.js';
import { PreflightsController } from './preflights/preflights.controller.js';
import { ShadowController } from './shadow/shadow.controller.js';
import { SweepWatch } from './sweeps/sweep-watch.js';
import { SweepsController } from './sweeps/sweeps.controller.js';
import { TicketsController } from './tickets/tickets.controller.js';
import { VmsController } from './vms/vms.controller.js';
import { WebhooksController } from './webhooks/webhooks.controller.js';

/** In the order in which the OpenAPI document shows them. */
export const CONTROLLERS = [
  PreflightsController,
  EvaluationsController,
  HostsController,
  VmsController,
  FleetController,
  SweepsController,
  MigrationsController,
  CalibrationController,
  TicketsController,
  EventsController,
  WebhooksController,
  ChecksController,
  PoliciesController,
  CatalogueController,
  ShadowController,
  KeysController,
  DeadLettersController,
  HealthController,
  MetricsController,
  DocsController,
] as const;

const EVENT_STREAMS = {
  provide: EventStreams,
  useFactory: (feed: EventFeed, keys: Keys) => new EventStreams(feed, keys),
  inject: [EventFeed, Keys],
};

@Module({})
export class ApiModule {
  static forRoot(open: () => Promise<Runtime>, routes = new RouteTable()): DynamicModule {
    return {
      module: ApiModule,
      imports: [RuntimeModule.forRoot(open)],
      controllers: [...CONTROLLERS],
      providers: [
        { provide: RouteTable, useValue: routes },
        DocumentHolder,
        Metrics,
        Pulse,
        Decisions,
        SweepWatch,
        EVENT_STREAMS,
      ],
    };
  }
}
