import type { z } from 'zod';
import { isJsonObject } from '../json/json-value.js';
import { describe } from './describe.js';
import { fault } from './faults.js';

/** What a registration answers beside its yes. */
export interface Warning {
  readonly code: 'UNKNOWN_FIELD' | 'FACTS_CONTRADICT';
  readonly pointer: string;
  readonly detail: string;
}

/** Which fields a schema knows, without its rules. */
interface Known {
  readonly fields?: ReadonlyMap<string, Known>;
  readonly items?: Known;
}

const MAX_WARNINGS = 100;
const ANYTHING: Known = {};

export type UnknownFieldsFinder = (document: unknown) => Warning[];

/** A field inside a document that nobody reads is more often a slip of the pen than a field of the future: say so. */
export function unknownFieldsOf(schema: z.ZodType): UnknownFieldsFinder {
  const known = knownBy(schema);
  return (document) => {
    const found: Warning[] = [];
    collect(document, known, [], found);
    return found;
  };
}

function collect(value: unknown, known: Known, path: (string | number)[], found: Warning[]): void {
  if (Array.isArray(value)) collectItems(value, known, path, found);
  else if (isJsonObject(value) && known !== ANYTHING) collectFields(value, known, path, found);
}

function collectItems(list: readonly unknown[], known: Known, path: (string | number)[], found: Warning[]): void {
  const items = known.items;
  if (items === undefined || items === ANYTHING) return;
  list.forEach((each, index) => {
    path.push(index);
    collect(each, items, path, found);
    path.pop();
  });
}

function collectFields(value: object, known: Known, path: (string | number)[], found: Warning[]): void {
  for (const [key, each] of Object.entries(value)) {
    const child = known.fields === undefined ? known.items : known.fields.get(key);
    path.push(key);
    if (child === undefined) warn(path, found);
    else if (typeof each === 'object' && each !== null) collect(each, child, path, found);
    path.pop();
  }
}

function warn(path: readonly (string | number)[], found: Warning[]): void {
  if (found.length >= MAX_WARNINGS) return;
  const { pointer } = fault(path, 'UNKNOWN_FIELD', '', undefined);
  found.push({ code: 'UNKNOWN_FIELD', pointer, detail: `nothing reads ${describe(path.at(-1))}; it is kept` });
}

type Def = z.core.$ZodTypes['_zod']['def'];

function knownBy(schema: z.core.$ZodType): Known {
  const def = schema._zod.def as Def;
  switch (def.type) {
    case 'optional':
    case 'nullable':
      return knownBy(def.innerType);
    case 'object':
      return { fields: new Map(Object.entries(def.shape).map(([key, child]) => [key, knownBy(child)])) };
    case 'array':
      return { items: knownBy(def.element) };
    case 'record':
      return { items: knownBy(def.valueType) };
    default:
      return ANYTHING;
  }
}
