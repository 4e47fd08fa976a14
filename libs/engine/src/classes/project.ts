/** A pattern cut at its slashes, as a tree: what is kept at each step, and everything where nothing more is said. */
export interface PatternTree {
  readonly whole: boolean;
  readonly below: ReadonlyMap<string, PatternTree>;
}

interface Growing {
  whole: boolean;
  readonly below: Map<string, Growing>;
}

const empty = (): Growing => ({ whole: false, below: new Map() });

export function patternTree(patterns: readonly string[]): PatternTree {
  const root = empty();
  for (const pattern of patterns) {
    let at = root;
    for (const step of pattern.split('/').slice(1)) {
      const next = at.below.get(step) ?? empty();
      at.below.set(step, next);
      at = next;
    }
    at.whole = true;
  }
  return root;
}

/**
 * What the patterns name of a model, and nothing else; `undefined` stays `undefined`, so what is unknown stays unknown. A list
 * keeps its length, since how many there are is told by every pattern that goes through it.
 */
export function project<T>(model: T, tree: PatternTree): T {
  return cut(model, tree) as T;
}

function cut(value: unknown, tree: PatternTree): unknown {
  if (tree.whole || value === undefined) return value;
  if (Array.isArray(value)) {
    const each = tree.below.get('*');
    return each === undefined ? value.map(() => ({})) : value.map((item) => cut(item, each));
  }
  if (value instanceof Map) return new Map(kept([...value], tree));
  if (typeof value === 'object' && value !== null) return Object.fromEntries(kept(Object.entries(value), tree));
  return value;
}

function kept(entries: readonly [string, unknown][], tree: PatternTree): [string, unknown][] {
  return entries.flatMap(([name, value]): [string, unknown][] => {
    const below = tree.below.get(name);
    return below === undefined || value === undefined ? [] : [[name, cut(value, below)]];
  });
}
