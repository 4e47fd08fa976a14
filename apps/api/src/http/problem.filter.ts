import type { ProblemCode } from '@berth/contract';
import type { Logger } from '@berth/runtime';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, NotFoundException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from './problem-reply.js';
import { Refusal } from './refusal.js';
import type { RouteTable } from './route-table.js';

/** How Fastify's own refusals read as ours; what is not listed is a bad request below 500 and a fault of ours above. */
const BY_STATUS: ReadonlyMap<number, ProblemCode> = new Map([
  [404, 'NOT_FOUND'],
  [408, 'REQUEST_TIMEOUT'],
  [413, 'BODY_TOO_LARGE'],
  [414, 'URI_TOO_LONG'],
  [415, 'UNSUPPORTED_MEDIA_TYPE'],
]);

const RETRY_AFTER_SECONDS = '2';

/** Everything that is thrown on the way to an answer becomes one problem document; what went wrong inside is only logged. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly routes: RouteTable,
    private readonly logger: Logger,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(thrown, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  answer(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const refusal = this.refusalOf(thrown, request);
    if (reply.sent) return;
    sendProblem(reply, refusal);
  }

  private refusalOf(thrown: unknown, request: FastifyRequest): Refusal {
    if (thrown instanceof Refusal) return thrown;
    if (thrown instanceof NotFoundException) return this.notFound(request);
    const status = statusOf(thrown);
    if (status !== undefined && status < 500)
      return new Refusal(BY_STATUS.get(status) ?? 'BAD_REQUEST', closing(status));
    const where = { err: thrown, method: request.method, route: request.routeOptions.url };
    if (isUnavailable(thrown)) {
      this.logger.warn(where, 'unavailable');
      return new Refusal('UNAVAILABLE', { headers: { 'retry-after': RETRY_AFTER_SECONDS } });
    }
    this.logger.error(where, 'request failed');
    return new Refusal('INTERNAL');
  }

  private notFound(request: FastifyRequest): Refusal {
    const [path = ''] = (request.raw.url ?? '').split('?');
    const allowed = this.routes.allowed(path);
    if (allowed.length === 0) return new Refusal('NOT_FOUND');
    return new Refusal('METHOD_NOT_ALLOWED', { headers: { allow: allowed.join(', ') } });
  }
}

function statusOf(thrown: unknown): number | undefined {
  if (thrown instanceof HttpException) return thrown.getStatus();
  const status = thrown instanceof Error && 'statusCode' in thrown ? thrown.statusCode : undefined;
  return typeof status === 'number' ? status : undefined;
}

/** Known by name: `Unavailable` is thrown below the ports, in rooms that the door does not import. */
function isUnavailable(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'Unavailable';
}

// the rest of a body that was too large is still on its way: the link cannot be used again
function closing(status: number): { headers?: Record<string, string> } {
  return status === 413 ? { headers: { connection: 'close' } } : {};
}
