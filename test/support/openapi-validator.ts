import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Exchange } from './http-client.js';

type Json = Record<string, unknown>;

export interface OpenApiOperation {
  readonly method: string;
  /** With its parameters in braces. */
  readonly path: string;
  readonly operationId: string;
  readonly role: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody:
    | {
        readonly schema: Json;
        readonly examples: Readonly<Record<string, { readonly value: unknown }>>;
        readonly required: boolean;
      }
    | undefined;
  readonly responses: Readonly<Record<string, Json>>;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly schema: Json;
  readonly example?: unknown;
}

export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Json>>;
    readonly responses: Readonly<Record<string, Json>>;
  };
}

/** Holds every exchange against the document that the server itself hands out. */
export class OpenApiValidator {
  readonly operations: readonly OpenApiOperation[];
  readonly #ajv = new Ajv2020({ strict: false, allErrors: false });
  readonly #compiled = new Map<string, ValidateFunction>();

  constructor(readonly document: OpenApiDocument) {
    (addFormats as unknown as (ajv: Ajv2020) => void)(this.#ajv);
    this.#ajv.addSchema({ $id: 'berth:', ...document }, 'berth:');
    this.operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([verb, operation]) => operationOf(verb.toUpperCase(), path, operation)),
    );
  }

  operation(operationId: string): OpenApiOperation {
    const found = this.operations.find((operation) => operation.operationId === operationId);
    if (found === undefined) throw new Error(`no operation \`${operationId}\``);
    return found;
  }

  operationFor(method: string, path: string): OpenApiOperation | undefined {
    const segments = path.split('?')[0]?.split('/') ?? [];
    const verb = method === 'HEAD' ? 'GET' : method;
    return this.operations.find((operation) => operation.method === verb && fits(operation.path.split('/'), segments));
  }

  /** What is wrong with this answer, or undefined. */
  faultOf(exchange: Exchange): string | undefined {
    const operation = this.operationFor(exchange.method, exchange.path);
    const where = `${exchange.method} ${exchange.path} → ${exchange.status}`;
    if (operation === undefined) return this.problemFault(exchange, where);
    const response = this.responseOf(operation, exchange);
    if (response === undefined)
      return `${where}: the document does not know this status and code (${exchange.text.slice(0, 300)})`;
    return exchange.method === 'HEAD' ? undefined : this.bodyFault(response, exchange, where);
  }

  private bodyFault(response: Json, exchange: Exchange, where: string): string | undefined {
    const content = response['content'] as Record<string, { schema: Json }> | undefined;
    if (content === undefined)
      return exchange.text === '' ? undefined : `${where}: the document says that there is no body`;
    const type = exchange.headers.get('content-type')?.split(';')[0] ?? '';
    const schema = content[type]?.schema;
    if (schema === undefined) return `${where}: the document does not know the type \`${type}\``;
    return type.endsWith('json') ? this.schemaFault(schema, exchange, where) : undefined;
  }

  /** A status that the operation names, or one that the server gives before it knows the operation. */
  private responseOf(operation: OpenApiOperation, exchange: Exchange): Json | undefined {
    const named = resolve(
      this.document,
      operation.responses[String(exchange.status)] ?? operation.responses['default'],
    );
    const codes = named?.['x-berth-codes'] as readonly string[] | undefined;
    if (exchange.status < 400 || exchange.method === 'HEAD') return codes === undefined ? named : undefined;
    return codes?.includes((exchange.json as { code?: string } | undefined)?.code ?? '') ? named : undefined;
  }

  problemFault(exchange: Exchange, where: string): string | undefined {
    if (exchange.status < 400) return `${where}: a path that the document does not know was served`;
    return this.schemaFault({ $ref: '#/components/schemas/Problem' }, exchange, where);
  }

  private schemaFault(schema: Json, exchange: Exchange, where: string): string | undefined {
    const validate = this.compile(schema);
    if (validate(exchange.json)) return undefined;
    return `${where}: ${this.#ajv.errorsText(validate.errors)} in ${exchange.text.slice(0, 600)}`;
  }

  /** Does this value fit the schema? */
  accepts(schema: Json, value: unknown): string | undefined {
    const validate = this.compile(schema);
    return validate(value) ? undefined : this.#ajv.errorsText(validate.errors);
  }

  private compile(schema: Json): ValidateFunction {
    const key = JSON.stringify(schema);
    const known = this.#compiled.get(key);
    if (known !== undefined) return known;
    const compiled = this.#ajv.compile(JSON.parse(key.replaceAll('"#/components/', '"berth:#/components/')) as Json);
    this.#compiled.set(key, compiled);
    return compiled;
  }
}

function operationOf(method: string, path: string, operation: Json): OpenApiOperation {
  const body = operation['requestBody'] as
    | { required?: boolean; content: Record<string, { schema: Json; examples?: Record<string, { value: unknown }> }> }
    | undefined;
  const json = body?.content['application/json'];
  return {
    method,
    path,
    operationId: String(operation['operationId']),
    role: String(operation['x-berth-role']),
    parameters: (operation['parameters'] ?? []) as Parameter[],
    requestBody:
      json === undefined
        ? undefined
        : { schema: json.schema, examples: json.examples ?? {}, required: body?.required === true },
    responses: operation['responses'] as Record<string, Json>,
  };
}

function fits(template: readonly string[], segments: readonly string[]): boolean {
  return (
    template.length === segments.length &&
    template.every((part, at) => (part.startsWith('{') ? segments[at] !== '' : part === segments[at]))
  );
}

function resolve(document: OpenApiDocument, response: Json | undefined): Json | undefined {
  const ref = response?.['$ref'];
  return typeof ref === 'string'
    ? document.components.responses[ref.slice('#/components/responses/'.length)]
    : response;
}
