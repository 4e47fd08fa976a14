import type { ProblemCode } from '@berth/contract';
import { applyDecorators, HttpCode, SetMetadata } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiOperation } from '@nestjs/swagger';
import type { Need } from './needs.js';
import type { QueryFields } from './query.js';

/** Anything that prints itself as JSON Schema, as the Standard Schema convention has it; the contract's schemas do. */
export interface PrintableSchema {
  readonly '~standard': {
    readonly jsonSchema?: Readonly<Record<'input' | 'output', (options: { target: 'draft-2020-12' }) => object>>;
  };
}

export interface Answer {
  readonly description: string;
  readonly schema?: PrintableSchema;
  /** Media type, where it is not JSON. */
  readonly type?: string;
  /** Another media type, for who asks for it. */
  readonly orType?: string;
  readonly headers?: readonly ('ETag' | 'Location' | 'Idempotency-Replayed')[];
}

/** One call, said once: what the router, the authentication and the OpenAPI document need to know of it. */
export interface Operation {
  readonly id: string;
  readonly needs: Need;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly body?: PrintableSchema;
  readonly bodyOptional?: true;
  readonly mergePatch?: true;
  readonly ifMatch?: true;
  readonly idempotencyKey?: true;
  readonly lastEventId?: true;
  readonly query?: QueryFields;
  readonly answers: Readonly<Record<number, Answer>>;
  /** Besides what every call may answer: bad request, no key, wrong role, server at fault. */
  readonly problems?: readonly ProblemCode[];
}

const OPERATION = Symbol('operation');

export function Op(operation: Operation): MethodDecorator {
  const status = Math.min(...Object.keys(operation.answers).map(Number));
  return applyDecorators(
    // In Fastify's route config it is known before the body is read, and stands for routes that are not Nest's too.
    RouteConfig({ needs: operation.needs, query: operation.query !== undefined }),
    HttpCode(status),
    SetMetadata(OPERATION, operation),
    ApiOperation({ operationId: operation.id, summary: operation.summary }),
  );
}

/** The operations of these controllers, by id. */
export function operationsOf(controllers: readonly { readonly prototype: object }[]): ReadonlyMap<string, Operation> {
  const operations = new Map<string, Operation>();
  for (const { prototype } of controllers) {
    for (const name of Object.getOwnPropertyNames(prototype)) {
      const handler: unknown = Reflect.get(prototype, name);
      const operation = typeof handler === 'function' ? Reflect.getMetadata(OPERATION, handler) : undefined;
      if (operation !== undefined) operations.set(operation.id, operation);
    }
  }
  return operations;
}
