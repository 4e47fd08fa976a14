import type { Style } from '../style.js';
import { pairLines } from './pairs.js';
import { grouped } from './sweep-view.js';

export type ReasonCounts = Readonly<Record<string, number>>;

/** How many hosts do not say yes for which reason, the most frequent first. */
export function reasonLines(style: Style, byReason: ReasonCounts): string[] {
  const pairs = Object.entries(byReason).map(([reason, hosts]): [string, string] => [reason, grouped(hosts)]);
  return pairLines(style, pairs);
}

/** The same in one cell. */
export const reasonWords = (byReason: ReasonCounts): string =>
  Object.entries(byReason)
    .map(([reason, hosts]) => `${reason} ${hosts}`)
    .join(', ');
