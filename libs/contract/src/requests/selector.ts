import { z } from 'zod';
import { describe } from '../fields/describe.js';
import { type Fault, fault, invalid, type Parsed, parseWith } from '../fields/faults.js';
import { labelsField, nameField } from '../fields/fields.js';
import { isJsonObject } from '../json/json-value.js';

const names = z.strictObject({ names: z.array(nameField()).min(1).max(20_000) });
const labels = z.strictObject({ labels: labelsField() });
const host = z.strictObject({ host: nameField() });
const all = z.strictObject({ all: z.literal(true) });

const KINDS = { names, labels, host, all } as const;
const KIND_NAMES = Object.keys(KINDS) as readonly (keyof typeof KINDS)[];

export const SelectorSchema = z
  .union([names, labels, host, all])
  .meta({ id: 'Selector', description: 'Which VMs or hosts: by name, by labels, by host, or all.' });

export type Selector = z.output<typeof SelectorSchema>;

/** Not by the union's own parser: which of its members was meant is told by the one field that is there. */
export function parseSelector(value: unknown): Parsed<Selector> {
  if (!isJsonObject(value)) return invalid([selectorFault(value)]);
  const found = KIND_NAMES.filter((name) => Object.hasOwn(value, name));
  const [kind] = found;
  if (kind === undefined && Object.keys(value).length > 0)
    return parseWith(all.omit({ all: true }), value) as Parsed<Selector>;
  if (kind === undefined || found.length > 1) return invalid([selectorFault(found.length > 1 ? found : value)]);
  const parsed = parseWith<z.ZodType<Selector>>(KINDS[kind], value);
  return parsed.kind === 'ok' && 'labels' in parsed.value && Object.keys(parsed.value.labels).length === 0
    ? invalid([fault(['labels'], 'TOO_SHORT', 'at least one label', parsed.value.labels)])
    : parsed;
}

function selectorFault(got: unknown): Fault {
  const expected = 'an object with one of `names`, `labels`, `host` and `all`';
  const shown = Array.isArray(got) && got.length > 1 ? got.map(String).join(' and ') : describe(got);
  return { pointer: '', code: 'TYPE', detail: `expected ${expected}, got ${shown}` };
}
