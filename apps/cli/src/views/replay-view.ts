import type { ReplayRead } from '../api-types.js';
import type { Style } from '../style.js';
import { answerWords } from './failure-words.js';
import { headingOf } from './finding-view.js';
import type { FindingRead, VerdictRead } from './verdict-read.js';
import { hanging, wrap, wrapParts } from './wrap.js';

export interface ReplayPage {
  readonly replay: ReplayRead;
  /** What was to be other than it is, in words. */
  readonly supposed: readonly string[];
}

type Difference = ReplayRead['differences'][number];

const SIGNS: Readonly<Record<string, string>> = { gone: '-', new: '+', changed: '~' };
const FIELDS = [
  ['severity', 'severity'],
  ['reason', 'reason'],
  ['errno', 'errno'],
  ['failure', 'failure'],
  ['needs', 'expected'],
  ['source', 'sourceOutcome'],
] as const;
// As beside a finding: room for the longest capability's path on 80 columns.
const INDENT = 2;
const KEY_WIDTH = 9;

const headOf = (finding: FindingRead): string[] => headingOf({ first: finding, all: [finding], leads: false });

/** `strict`, or `strict → kernel` where it is no longer the same. */
const moved = (before: string, now: string): string => (before === now ? now : `${before} → ${now}`);

function basisWords({ original, replayed }: ReplayRead): string[] {
  const [before, now] = [original.basis, replayed.basis];
  const asked = (verdict: VerdictRead) => verdict.phases?.join(' ') ?? 'all phases';
  return [
    `asked ${moved(asked(original), asked(replayed))}`,
    `policy ${moved(before.policy, now.policy)}`,
    `generation ${moved(before.generation ?? 'unknown', now.generation ?? 'unknown')}`,
    `rulebook ${moved(before.rulebook, now.rulebook)}`,
  ];
}

/** What a finding says now, and what it said where that is something else. */
function detailsOf({ finding, was }: Difference): [string, string][] {
  if (was === undefined) return [['why', finding.message]];
  const other = FIELDS.filter(([, field]) => was[field] !== finding[field]);
  return [
    ...other.map(([key, field]): [string, string] => [key, `${was[field] ?? 'none'} → ${finding[field] ?? 'none'}`]),
    ['was', was.message],
    ['is', finding.message === was.message ? 'the same in words' : finding.message],
  ];
}

function differenceLines(difference: Difference, style: Style): string[] {
  const { change, finding } = difference;
  const heading = headOf(finding);
  if (!style.laidOut) return [[change, ...heading, finding.message].join('\t')];
  const head = heading.filter((part) => part !== '-').join('  ');
  const [line = '', ...rest] = head.length <= style.width - 2 ? [head] : wrap(head, style.width - 4);
  return [
    style.strong(`${SIGNS[change] ?? '?'} ${line}`),
    ...rest.map((each) => `    ${each}`),
    ...detailsOf(difference).flatMap(([key, text]) => hanging(key, text, INDENT, KEY_WIDTH, style.width)),
  ];
}

function subjectOf({ original }: ReplayRead): string[] {
  const { vm, vmRevision, host, hostRevision } = original.basis;
  return [`${vm ?? '?'} r${vmRevision ?? '?'}`, `→ ${host ?? '?'} r${hostRevision ?? '?'}`];
}

function summaryOf({ same, differences, replayed }: ReplayRead): string {
  if (same) return 'The same answer, finding by finding.';
  if (differences.length === 0) return 'The same findings; only the rows of its mappings or the generation moved.';
  return answerWords(replayed);
}

/** Two answers to one question: what became of the outcome, then each finding that they do not share. */
export function replayLines({ replay, supposed }: ReplayPage, style: Style): string[] {
  const { original, replayed, differences } = replay;
  const outcome = moved(original.outcome, replayed.outcome);
  const basis = [
    ...basisWords(replay),
    ...(replayed.hypothetical === true ? ['hypothetical: facts or rules were supposed'] : []),
  ];
  if (!style.laidOut) {
    const head = [outcome, ...subjectOf(replay), ...basis, ...supposed.map((fact) => `supposed ${fact}`)];
    return [head.join('\t'), ...differences.flatMap((each) => differenceLines(each, style))];
  }
  return [
    [style.outcome(replayed.outcome === original.outcome ? outcome : replayed.outcome), ...subjectOf(replay)].join(
      '  ',
    ),
    ...(replayed.outcome === original.outcome ? [] : [`was ${original.outcome}`]),
    ...supposed.flatMap((fact) => hanging('supposed', fact, 0, 10, style.width)),
    ...wrapParts(basis, style.width).map(style.faint),
    '',
    ...wrap(summaryOf(replay), style.width),
    ...differences.flatMap((each) => ['', ...differenceLines(each, style)]),
  ];
}
