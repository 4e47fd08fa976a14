import type { ShadowDifferenceRead, ShadowRead } from '../migration-types.js';
import type { Style } from '../style.js';
import { pairLines } from './pairs.js';

export function shadowLines(style: Style, { shadow, revision, setBy, setAt, differences }: ShadowRead): string[] {
  if (shadow === null) return ['no shadow: set one with `berth shadow set -f FILE`'];
  const checks = Object.entries(shadow.checks ?? {}).map(([check, overrule]) => `${check} ${overrule}`);
  return [
    [`shadow r${revision}`, `${setBy ?? '?'}`, setAt ?? ''].join(style.laidOut ? '  ' : '\t'),
    ...pairLines(style, [
      ['policy', shadow.policy ?? ''],
      ['checks', checks.join(', ')],
      ['catalogue', shadow.catalogue === undefined ? '' : `${shadow.catalogue.length} rows`],
      ['differs', `${differences} question${differences === 1 ? '' : 's'}: berth shadow differences`],
    ]),
  ];
}

const SIGNS: Readonly<Record<string, string>> = { gone: '-', new: '+', changed: '~' };

export function differenceCells(difference: ShadowDifferenceRead): readonly string[] {
  const { vm, host, outcome, times } = difference;
  const { enforced, shadow } = outcome;
  return [vm, host, enforced === shadow ? enforced : `${enforced} → ${shadow}`, `${times}`, findingWords(difference)];
}

/** Each check once, in restore order: `-` is what the shadow would not find. */
function findingWords({ differences, omitted }: ShadowDifferenceRead): string {
  const words = differences.map(({ change, finding }) => `${SIGNS[change] ?? '?'}${finding.check}`);
  return [...new Set(words), ...(omitted > 0 ? [`and ${omitted} more`] : [])].join(' ');
}
