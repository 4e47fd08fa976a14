import type { Manifest } from '@berth/engine';
import type { Style } from '../style.js';
import { isOfRulebook } from './failure-words.js';
import { howToLearn } from './how-to-learn.js';
import { describeMapping, describeSlot, mappingOf, slotOf } from './mapping-words.js';
import { shownFact } from './shown-facts.js';
import type { FindingRead } from './verdict-read.js';
import { hanging, wrap } from './wrap.js';

/** Findings of one check that say the same of several mappings. */
export interface FindingGroup {
  readonly first: FindingRead;
  readonly all: readonly FindingRead[];
  /** Is it the one that `wouldFail` names? */
  readonly leads: boolean;
}

// Two and nine leave room for the longest capability's path on 80 columns.
const INDENT = 2;
const KEY_WIDTH = 9;

function sameWords(a: FindingRead, b: FindingRead): boolean {
  const key = (each: FindingRead): string =>
    JSON.stringify([
      each.reason,
      each.severity,
      each.failure,
      each.errno,
      each.actual,
      saysMore(each) ? each.message : '',
      each.missing.map(withoutPlace),
    ]);
  return key(a) === key(b);
}

// `/memslots/3/mappings/0/memoryType` and the same of slot 4 are one thing to learn, and so are two phases of a rulebook.
const withoutPlace = (path: string): string => path.replace(/\/\d+/g, '/N').replace(/^\/rulebook\/.*/, '/rulebook');

// Where the message only lists the facts that are missing, they are named below, each with how to learn it.
const saysMore = (finding: FindingRead): boolean => !finding.message.startsWith('Not known:');

export function groupFindings(findings: readonly FindingRead[], leading: FindingRead | undefined): FindingGroup[] {
  const groups: FindingRead[][] = [];
  for (const finding of findings) {
    const group = groups.find((each) => each[0] !== undefined && sameWords(each[0], finding));
    if (group === undefined) groups.push([finding]);
    else group.push(finding);
  }
  return groups.flatMap((all) =>
    all[0] === undefined
      ? []
      : [{ first: all[0], all, leads: leading !== undefined && all.includes(leading) } satisfies FindingGroup],
  );
}

function slotsOf(group: FindingGroup): string {
  const slots = [...new Set(group.all.flatMap((each) => (each.slot === null ? [] : [each.slot])))];
  if (slots.length === 0) return '-';
  return `slot${slots.length === 1 ? '' : 's'} ${slots.join(', ')}`;
}

function kindOf(finding: FindingRead): string[] {
  const { errno, failure, severity } = finding;
  if (severity !== 'unknown') return [errno ?? 'no errno', severity === 'warn' ? 'warn' : failure];
  if (toLearn(finding).length === 0) return ['unknown'];
  return ['unknown', errno === null ? `if so ${failure}` : `if so ${errno}, ${failure}`];
}

export function headingOf(group: FindingGroup): string[] {
  const phases = new Set(group.all.map((each) => each.phase));
  return [[...phases].join(', '), slotsOf(group), group.first.reason, ...kindOf(group.first)];
}

function whereOf(group: FindingGroup, manifest: Manifest | undefined): string {
  const { first } = group;
  const slot = slotOf(manifest, first.slot);
  if (slot === undefined) return first.gpa === null ? '' : `GPA ${first.gpa}`;
  const mapping = mappingOf(slot, first.mapping, first.phase);
  const more = group.all.length === 1 ? '' : `, and ${group.all.length - 1} more like it`;
  const vma = mapping === undefined ? '' : `; mapping ${first.mapping}: ${describeMapping(mapping)}`;
  return `${describeSlot(slot)}${vma}${more}`;
}

function actualOf(finding: FindingRead): string {
  return Object.entries(finding.actual)
    .map(([fact, value]) => `${fact} ${shownFact(value)}`)
    .join(', ');
}

const toLearn = (finding: FindingRead): string[] => finding.missing.filter((path) => !isOfRulebook(path));

function missingOf(finding: FindingRead): [string, string][] {
  return toLearn(finding).map((path) => {
    const how = howToLearn(path);
    return ['missing', how === undefined ? path : `${path} (${how})`];
  });
}

function whatToDo(finding: FindingRead): string {
  if (toLearn(finding).length === 0) return finding.remedy;
  return `Collect what is missing and ask again. Should it be a no: ${finding.remedy}`;
}

function detailsOf(group: FindingGroup, manifest: Manifest | undefined): [string, string][] {
  const { first } = group;
  const rows: [string, string][] = [
    ['where', whereOf(group, manifest)],
    ['why', saysMore(first) ? first.message : ''],
    ['needs', first.expected],
    ['has', actualOf(first)],
    ...missingOf(first),
    ['do', whatToDo(first)],
    ['see', first.cite],
  ];
  return rows.filter(([, text]) => text !== '');
}

function headingLines(heading: readonly string[], width: number): string[] {
  const line = heading.filter((part) => part !== '-').join('  ');
  return line.length <= width ? [line] : wrap(line, width);
}

/** One finding as lines: what and where, why, what is needed and what is there, what to do, and the kernel's own line. */
export function findingLines(group: FindingGroup, manifest: Manifest | undefined, style: Style): string[] {
  const heading = headingOf(group);
  const details = detailsOf(group, manifest);
  if (!style.laidOut) return [heading.join('\t'), ...details.map((row) => row.join('\t'))];
  const [line = '', ...rest] = headingLines(heading, style.width - 2);
  return [
    group.leads ? style.strong(`> ${line}`) : `  ${line}`,
    ...rest.map((each) => `    ${each}`),
    ...details.flatMap(([key, text]) => hanging(key, text, INDENT, KEY_WIDTH, style.width)),
  ];
}
