import { GROUPINGS, LABEL_GROUPING } from '@berth/application';
import { isLabelKey, NAME_PATTERN } from '@berth/contract';
import { POLICIES } from '@berth/engine';
import { LABELS } from '../http/list-fields.js';
import type { QueryField } from '../http/query.js';
import { oneOf, repeated, wholeNumber } from '../http/query-fields.js';

const MOST_GROUPINGS = 16;

const isGrouping = (name: string): boolean =>
  GROUPINGS.includes(name) || (name.startsWith(LABEL_GROUPING) && isLabelKey(name.slice(LABEL_GROUPING.length)));

/** `groupBy=generation,fwb,label:rack`. */
const GROUP_BY: QueryField<readonly string[]> = {
  description: `What hosts must share to be counted together, with commas: ${GROUPINGS.join(', ')}, or \`label:\` and a label.`,
  repeats: false,
  schema: { type: 'string', minLength: 1, maxLength: 2048, example: 'generation,fwb,cacheable-pfnmap,cca' },
  read: ([text = '']) => {
    const names = text.split(',');
    const unknown = names.find((name) => !isGrouping(name));
    if (unknown !== undefined)
      return { no: `hosts can be grouped by ${GROUPINGS.join(', ')}, and by \`label:\` and a label` };
    if (names.length > MOST_GROUPINGS) return { no: `may name at most ${MOST_GROUPINGS}` };
    return new Set(names).size === names.length ? { ok: names } : { no: 'names the same twice' };
  },
};

export const INVENTORY = { groupBy: GROUP_BY } as const;

export const CANDIDATES = {
  limit: wholeNumber('How many hosts are listed at most; all are counted.', 1000, 50),
  label: LABELS,
  include: oneOf('Lists the hosts as well that do not say yes, behind those that do.', ['refused']),
  exclude: repeated('A host that is out of the question; may be repeated.', 'gh-09', (text) =>
    NAME_PATTERN.test(text) ? text : undefined,
  ),
  policy: oneOf('By whose rules; `strict` unless told otherwise.', POLICIES),
} as const;
