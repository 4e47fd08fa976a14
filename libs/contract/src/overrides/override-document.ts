import { type Fault, fault, invalid, type Parsed } from '../fields/faults.js';
import { pointerTokens } from '../json/json-pointer.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/json-value.js';

/** JSON pointer into a document → what stands there instead; null forgets what stands there. */
export type Overrides = Readonly<Record<string, JsonValue>>;

interface Leaf {
  readonly kind: 'leaf';
  readonly pointer: string;
  readonly value: JsonValue;
}

interface Branch {
  readonly kind: 'branch';
  readonly children: Map<string, Leaf | Branch>;
}

const INDEX = /^(0|[1-9][0-9]{0,8})$/;

/** Pointers of which one leads into what another one replaces: which of the two is meant cannot be told. */
export function overlaps(overrides: Overrides): Fault[] {
  const pointers = Object.keys(overrides);
  const known = new Set(pointers);
  return pointers.flatMap((pointer) => {
    const above = ancestorsOf(pointer).find((each) => known.has(each));
    return above === undefined
      ? []
      : [fault([pointer], 'OVERLAP', `a pointer that is not inside \`${above}\``, pointer)];
  });
}

function ancestorsOf(pointer: string): string[] {
  const tokens = pointer.split('/');
  return tokens.slice(2).map((_token, index) => tokens.slice(0, index + 2).join('/'));
}

/** The document with other facts; the pointers of the faults lead into the overrides. Indexes count as the document has them. */
export function overrideDocument(document: JsonObject, overrides: Overrides): Parsed<JsonValue> {
  const faults: Fault[] = [];
  const made = inObject(document, treeOf(overrides), faults);
  return faults.length > 0 ? invalid(faults) : { kind: 'ok', value: made };
}

function treeOf(overrides: Overrides): Branch {
  const root: Branch = { kind: 'branch', children: new Map() };
  for (const [pointer, value] of Object.entries(overrides)) plant(root, pointer, value);
  return root;
}

function plant(root: Branch, pointer: string, value: JsonValue): void {
  const tokens = pointerTokens(pointer);
  const last = tokens.length - 1;
  let at = root;
  for (const token of tokens.slice(0, last)) {
    const known = at.children.get(token);
    const next: Branch = known?.kind === 'branch' ? known : { kind: 'branch', children: new Map() };
    at.children.set(token, next);
    at = next;
  }
  at.children.set(tokens[last] ?? '', { kind: 'leaf', pointer, value });
}

/** `undefined`: there is nothing, before or after. */
function changed(value: JsonValue | undefined, node: Leaf | Branch, faults: Fault[]): JsonValue | undefined {
  if (node.kind === 'leaf') return instead(value, node, faults);
  // A fact may be supposed although nothing around it is known.
  if (value === undefined || isJsonObject(value)) return inObject(value ?? {}, node, faults);
  if (Array.isArray(value)) return inList(value, node, faults);
  faults.push(...refused(node, 'a pointer into an object or a list', value));
  return value;
}

function instead(
  value: JsonValue | undefined,
  { pointer, value: other }: Leaf,
  faults: Fault[],
): JsonValue | undefined {
  if (other !== null) return other;
  if (value === undefined) faults.push(notThere(pointer));
  return undefined;
}

// A slip of the pen would otherwise forget nothing and say so nowhere.
const notThere = (pointer: string): Fault => fault([pointer], 'NOT_THERE', 'a fact that the document has', undefined);

function inObject(value: JsonObject, { children }: Branch, faults: Fault[]): JsonObject {
  const fields = new Map<string, JsonValue>(Object.entries(value));
  for (const [key, child] of children) {
    const made = changed(fields.get(key), child, faults);
    if (made === undefined) fields.delete(key);
    else fields.set(key, made);
  }
  // Unlike an assignment this makes a field of its own of every key, `__proto__` too.
  return Object.fromEntries(fields);
}

function inList(list: readonly JsonValue[], { children }: Branch, faults: Fault[]): JsonValue {
  const items: (JsonValue | undefined)[] = [...list];
  for (const [key, child] of children) {
    const at = placeOf(key, list.length);
    if (at === undefined) faults.push(...refused(child, `an index below ${list.length}, or \`-\` for one more`, key));
    else items[at] = changed(items[at], child, faults);
  }
  return items.filter((item) => item !== undefined);
}

function placeOf(key: string, length: number): number | undefined {
  if (key === '-') return length;
  return INDEX.test(key) && Number(key) < length ? Number(key) : undefined;
}

function refused(node: Leaf | Branch, expected: string, got: unknown): Fault[] {
  if (node.kind === 'leaf') return [fault([node.pointer], 'NOT_THERE', expected, got)];
  return [...node.children.values()].flatMap((child) => refused(child, expected, got));
}
