import type { CheckCard, Generation, ReasonCard } from '@berth/engine';
import { GENERATIONS } from '@berth/engine';
import type { Style } from '../style.js';
import { pairLines } from './pairs.js';
import { tableLines } from './table.js';
import { wrap } from './wrap.js';

const paragraph = (text: string, style: Style): string[] => (style.laidOut ? wrap(text, style.width) : [text]);

const version = (generation: Generation): string => generation.since.slice(0, 2).join('.');

/** `all`, or the names with the kernel they begin at. */
function generationWords(check: CheckCard): string {
  if (check.generations.length === GENERATIONS.length) return 'all';
  return GENERATIONS.filter((each) => check.generations.includes(each.id))
    .map((each) => `${each.id} (${version(each)})`)
    .join(', ');
}

function failureWords(check: CheckCard): string {
  const errno = check.errno === null ? 'no errno' : check.errno;
  const weight = check.severity === 'warn' ? ' (a warning: it never changes the outcome)' : '';
  return `${errno}, ${check.failure}; the VM on the source: ${check.sourceOutcome}${weight}`;
}

/** A check without the function that asks it. */
export function cardOf(check: CheckCard): CheckCard {
  const { id, phase, reason, errno, failure, severity, sourceOutcome } = check;
  const { generations, statement, expected, remedy, cite, reads } = check;
  const head = { id, phase, reason, errno, failure, severity, sourceOutcome };
  return { ...head, generations, statement, expected, remedy, cite, reads };
}

export function checkLines(check: CheckCard, style: Style): string[] {
  return [
    `check ${check.id}`,
    ...pairLines(style, [
      ['rule', check.statement],
      ['phase', check.phase],
      ['needs', check.expected],
      ['else', failureWords(check)],
      ['kernels', generationWords(check)],
      ['reads', check.reads.join(' ')],
      ['do', check.remedy],
      ['see', check.cite],
    ]),
  ];
}

export function reasonLines(card: ReasonCard, style: Style): string[] {
  return [
    `${card.reason}  ${card.phase}`,
    ...paragraph(card.title, style),
    '',
    ...paragraph(card.meaning, style),
    '',
    ...pairLines(style, [['do', card.remedy]]),
  ];
}

export function generationLines(generation: Generation, style: Style): string[] {
  return [
    `generation ${generation.id}`,
    ...pairLines(style, [
      ['since', `mainline ${version(generation)}; what was probed outranks the release, for distributions backport`],
      ['change', generation.change],
    ]),
  ];
}

export function reasonListLines(cards: readonly ReasonCard[], style: Style): string[] {
  const columns = [{ head: 'PHASE' }, { head: 'REASON' }, { head: 'MEANS', gives: true }];
  return tableLines(
    style,
    columns,
    cards.map((card) => [card.phase, card.reason, card.title]),
  );
}
