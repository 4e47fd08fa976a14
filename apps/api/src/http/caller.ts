import type { Caller } from '@berth/application';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** Who asks; set by the authentication hook before any handler runs. */
export const CalledBy = createParamDecorator(
  (_: unknown, context: ExecutionContext): Caller | null => context.switchToHttp().getRequest<FastifyRequest>().caller,
);
