import { isLabelKey } from '@berth/contract';
import type { QueryField } from './query.js';
import { repeated } from './query-fields.js';

const TOKEN = /^[a-z0-9][a-z0-9-]{0,62}$/;
const UNSTORABLE = /[\0\ud800-\udfff]/u;

/** `label=rack:r1`, as often as there are labels to match. */
export const LABELS = repeated('A label that must be set, as `name:value`; may be repeated.', 'rack:r1', (text) => {
  const at = text.indexOf(':');
  const [name, value] = [text.slice(0, Math.max(at, 0)), text.slice(at + 1)];
  return isLabelKey(name) && !UNSTORABLE.test(value) ? ([name, value] as const) : undefined;
});

/** `requires=fwb,cacheable-pfnmap&requires=in:mte,mte3`: each group is satisfied by any of its tokens. */
export const REQUIRES: QueryField<readonly (readonly string[])[]> = mapped(
  repeated(
    'Facts that must be known to hold: all of a list, or any of `in:` a list; may be repeated.',
    'fwb,cacheable-pfnmap',
    groupsOf,
  ),
  (groups) => groups.flat(),
);

export const FORBIDS: QueryField<readonly string[]> = mapped(
  repeated('Facts that must be known not to hold; what is unknown matches neither.', 'mte', tokensOf),
  (lists) => lists.flat(),
);

function groupsOf(text: string): readonly (readonly string[])[] | undefined {
  const anyOf = text.startsWith('in:');
  const tokens = tokensOf(anyOf ? text.slice('in:'.length) : text);
  if (tokens === undefined) return undefined;
  return anyOf ? [tokens] : tokens.map((token) => [token]);
}

function tokensOf(text: string): readonly string[] | undefined {
  const tokens = text.split(',');
  return tokens.every((token) => TOKEN.test(token)) ? tokens : undefined;
}

function mapped<A, B>(field: QueryField<A>, map: (value: A) => B): QueryField<B> {
  return {
    ...field,
    read: (texts) => {
      const read = field.read(texts);
      return 'ok' in read ? { ok: map(read.ok) } : read;
    },
  };
}
