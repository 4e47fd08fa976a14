import type { PrintableSchema } from '../http/operation.js';

type Json = Record<string, unknown>;

const TARGET = { target: 'draft-2020-12' } as const;

/** Collects the named schemas that the operations mention, and answers a reference to each. */
export class Components {
  readonly schemas: Json = {};
  readonly responses: Json = {};

  refer(schema: PrintableSchema, way: 'input' | 'output'): Json {
    const print = schema['~standard'].jsonSchema?.[way];
    if (print === undefined) throw new Error('a schema of the contract does not print itself');
    const { $schema: _, $defs = {}, ...root } = print(TARGET) as Json & { $defs?: Json };
    for (const [name, definition] of Object.entries($defs)) this.schemas[name] ??= tidied(definition);
    return tidied(root) as Json;
  }

  print(): Json {
    return { responses: sorted(this.responses), schemas: sorted(this.schemas) };
  }
}

function sorted(named: Json): Json {
  return Object.fromEntries(Object.entries(named).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Schemas as a client generator reads them: references into the document, `null` as an alternative, no noise. */
function tidied(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(tidied);
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node)
    .filter(([key, value]) => !isNoise(key, value, node))
    .map(([key, value]) => [key, key === '$ref' ? reference(String(value)) : tidied(value)] as const);
  return nullAside(Object.fromEntries(entries));
}

function reference(ref: string): string {
  return ref.replace('#/$defs/', '#/components/schemas/');
}

/** Bounds of a double's whole numbers, and the long expression behind `date-time`, say nothing that the type does not. */
function isNoise(key: string, value: unknown, node: object): boolean {
  if (key === 'pattern') return 'format' in node && node.format === 'date-time';
  return (key === 'maximum' || key === 'minimum') && Math.abs(Number(value)) === Number.MAX_SAFE_INTEGER;
}

/** `type: [x, "null"]` is legal in 3.1 and still trips many generators. */
function nullAside(schema: Json): Json {
  if (!Array.isArray(schema['type'])) return schema;
  const { type, description, ...rest } = schema;
  const types = (type as string[]).filter((name) => name !== 'null').map((name) => ({ type: name, ...rest }));
  const about = description === undefined ? {} : { description };
  return { ...about, anyOf: type.includes('null') ? [...types, { type: 'null' }] : types };
}
