import { type Runtime, RuntimeModule } from '@berth/runtime';
import { type DynamicModule, Module } from '@nestjs/common';
import { ChecksController } from './checks/checks.controller.js';
import { DocsController } from './docs/docs.controller.js';
import { DocumentHolder } from './docs/document-holder.js';
import { HealthController } from './health/health.controller.js';
import { HostsController } from './hosts/hosts.controller.js';
import { RouteTable } from './http/route-table.js';
import { KeysController } from './keys/keys.controller.js';
import { Decisions } from './metrics/decisions.js';
import { MetricsController } from './metrics/metrics.controller.js';
import { Metrics } from './metrics/metrics.js';
import { PoliciesController } from './policies/policies.controller.js';
import { EvaluationsController } from './preflights/evaluations.controller.js';
import { PreflightsController } from './preflights/preflights.controller.js';
import { SweepWatch } from './sweeps/sweep-watch.js';
import { SweepsController } from './sweeps/sweeps.controller.js';
import { VmsController } from './vms/vms.controller.js';

/** In the order in which the OpenAPI document shows them. */
export const CONTROLLERS = [
  PreflightsController,
  EvaluationsController,
  HostsController,
  VmsController,
  SweepsController,
  ChecksController,
  PoliciesController,
  KeysController,
  HealthController,
  MetricsController,
  DocsController,
] as const;

@Module({})
export class ApiModule {
  static forRoot(open: () => Promise<Runtime>, routes = new RouteTable()): DynamicModule {
    return {
      module: ApiModule,
      imports: [RuntimeModule.forRoot(open)],
      controllers: [...CONTROLLERS],
      providers: [{ provide: RouteTable, useValue: routes }, DocumentHolder, Metrics, Decisions, SweepWatch],
    };
  }
}
