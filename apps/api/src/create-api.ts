import { Keys } from '@berth/application';
import { type Logger, NestLogger, RUNTIME, type Runtime } from '@berth/runtime';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { ApiModule, CONTROLLERS } from './api.module.js';
import { DocumentHolder } from './docs/document-holder.js';
import { DOCS_PATH, serveSwaggerUi } from './docs/swagger-ui.js';
import { createAdapter } from './http/adapter.js';
import { authentication } from './http/authentication.js';
import { takeRawJson } from './http/content-type.js';
import { refuseOddFraming } from './http/framing.js';
import { ProblemFilter } from './http/problem.filter.js';
import { refuseUnreadQuery } from './http/query.js';
import { RouteTable } from './http/route-table.js';
import { secureHeaders } from './http/secure-headers.js';
import { Metrics } from './metrics/metrics.js';
import { openApiDocument } from './openapi/open-api-document.js';

/** For what is being answered when the program is asked to stop; the supervisor gives it 4 s in all. */
const GRACE_MILLISECONDS = 2_000;

/** The HTTP door, ready to listen. Hooks run in the order of these lines, all of them before a body is read. */
export async function createApi(open: () => Promise<Runtime>, logger: Logger): Promise<NestFastifyApplication> {
  const adapter = createAdapter();
  const fastify = adapter.getInstance() as unknown as FastifyInstance;
  const routes = new RouteTable();
  noteRoutes(fastify, routes);
  fastify.decorateRequest('caller', null);
  fastify.addHook('onRequest', refuseOddFraming);
  const app = await NestFactory.create<NestFastifyApplication>(ApiModule.forRoot(open, routes), adapter, {
    bodyParser: false,
    abortOnError: false,
    logger: new NestLogger(logger),
  });
  const headers = await secureHeaders();
  fastify.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers);
    done();
  });
  fastify.addHook('onRequest', authentication(app.get(Keys)));
  fastify.addHook('onRequest', refuseUnreadQuery);
  takeRawJson(fastify);
  measure(fastify, app.get(Metrics));
  app.useGlobalFilters(new ProblemFilter(routes, app.get<Runtime>(RUNTIME).logger));
  app.get(DocumentHolder).from(() => openApiDocument(app, CONTROLLERS));
  serveSwaggerUi(app);
  closeInTime(fastify);
  return app;
}

/** Who does not read our answer must not keep us from stopping. */
function closeInTime(fastify: FastifyInstance): void {
  fastify.addHook('preClose', async () => {
    setTimeout(() => fastify.server.closeAllConnections(), GRACE_MILLISECONDS).unref();
  });
}

function noteRoutes(fastify: FastifyInstance, routes: RouteTable): void {
  fastify.addHook('onRoute', (route) => {
    if (route.url === DOCS_PATH || route.url.startsWith(`${DOCS_PATH}/`)) {
      route.config = { ...route.config, needs: 'reader', page: true };
    }
    routes.add(route.method, route.url, route.config?.needs);
  });
}

function measure(fastify: FastifyInstance, metrics: Metrics): void {
  fastify.addHook('onResponse', async (request, reply) => {
    const route = request.is404 ? 'none' : (request.routeOptions.url?.replaceAll('::', ':') ?? 'none');
    metrics.answered(request.method, route, reply.statusCode, reply.elapsedTime);
  });
}
