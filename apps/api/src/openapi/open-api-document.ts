import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { type Operation, operationsOf } from '../http/operation.js';
import { Components } from './components.js';
import { NAMED_PARAMETERS } from './named-parameters.js';
import { printOperation } from './print-operation.js';

type Json = Record<string, unknown>;

const DESCRIPTION = [
  'Can VM X live-migrate to host Y? Berth answers as KVM would: which memslot would be refused, when, with which errno, and why.',
  'A "no" is data: a verdict is a 200. Every error is a problem document (RFC 9457) with a `code` that never changes its meaning.',
].join('\n\n');

/** Paths as Nest routes them, everything else as the operations and the contract's schemas say. */
export function openApiDocument(
  app: NestFastifyApplication,
  controllers: readonly { readonly prototype: object }[],
): Json {
  const config = new DocumentBuilder().setOpenAPIVersion('3.1.1').setTitle('Berth').setVersion('1').build();
  const { paths } = SwaggerModule.createDocument(app, config, { autoTagControllers: false });
  const operations = operationsOf(controllers);
  const components = new Components();
  for (const schema of NAMED_PARAMETERS) components.refer(schema, 'input');
  const printed = Object.entries(paths).map(([path, item]) => [path, printPath(item as Json, operations, components)]);
  return {
    openapi: '3.1.1',
    info: {
      title: 'Berth',
      version: '1',
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: tagsOf(operations),
    paths: Object.fromEntries(printed),
    components: {
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'A key as `POST /v1/keys` shows it once.' },
      },
      ...components.print(),
    },
  };
}

function printPath(item: Json, operations: ReadonlyMap<string, Operation>, components: Components): Json {
  const verbs = Object.entries(item).map(([verb, found]) => {
    const { operationId } = found as { operationId?: string };
    const operation = operations.get(operationId ?? '');
    if (operation === undefined) throw new Error(`no operation says what \`${operationId}\` is`);
    return [verb, printOperation(found as Json, operation, components)] as const;
  });
  return Object.fromEntries(verbs);
}

function tagsOf(operations: ReadonlyMap<string, Operation>): Json[] {
  return [...new Set([...operations.values()].map(({ tag }) => tag))].map((name) => ({ name }));
}
