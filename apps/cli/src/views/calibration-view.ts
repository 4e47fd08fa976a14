import type { CalibrationRead, CheckCalibrationRead } from '../migration-types.js';
import type { Style } from '../style.js';
import { pairLines } from './pairs.js';
import { grouped } from './sweep-view.js';
import { tableLines } from './table.js';
import { wrap } from './wrap.js';

const COLUMNS = [
  { head: 'CHECK', gives: true },
  { head: 'PHASE' },
  { head: 'ASKED' },
  { head: 'CONFIRMED' },
  { head: 'FALSE YES' },
  { head: 'FALSE NO' },
];

const number = (count: number | null): string => (count === null ? '-' : grouped(count));
const wasWrong = ({ falseYes, falseNo }: CheckCalibrationRead): boolean => falseYes + falseNo > 0;

/** How often the answers were right; of the checks those that were not, or all of them. */
export function calibrationLines(calibration: CalibrationRead, all: boolean, style: Style): string[] {
  const shown = all ? calibration.checks : calibration.checks.filter(wasWrong);
  const table = shown.length === 0 ? [] : tableLines(style, COLUMNS, shown.map(cellsOf));
  if (!style.laidOut) return [...summaryLines(calibration, style), ...table];
  return [
    ...summaryLines(calibration, style),
    ...apart(table),
    ...apart(shown.flatMap((check) => exampleLines(check, style))),
    ...apart(othersLines(calibration, shown.length, style)),
    ...apart(relocationLines(calibration, style)),
  ];
}

const apart = (lines: readonly string[]): readonly string[] => (lines.length === 0 ? [] : ['', ...lines]);

function summaryLines({ rulebook, since, ended, classes, outside }: CalibrationRead, style: Style): string[] {
  const tried = ended.landed + ended.aborted;
  const outsideWords = Object.entries(outside).flatMap(([kind, count]) =>
    count > 0 ? [`${grouped(count)} ${kind}`] : [],
  );
  const head = [`rulebook ${rulebook}`, since === null ? 'of all time' : `since ${since}`];
  return [
    head.join(style.laidOut ? '  ' : '\t'),
    ...pairLines(style, [
      ['tried', `${grouped(tried)}: ${grouped(ended.landed)} landed, ${grouped(ended.aborted)} failed`],
      ['confirmed', `${grouped(classes.confirmed)} landed as predicted`],
      ['foretold', classes.foretold === 0 ? '' : `${grouped(classes.foretold)} failed as a warning had said`],
      ['false yes', `${grouped(classes.falseYes)} failed, and a check should have said so`],
      ['false no', `${grouped(classes.falseNo)} landed under kernel, and strict would have refused`],
      ['outside', `${grouped(classes.outside)} failed for what no check is about${parenthesised(outsideWords)}`],
    ]),
  ];
}

const parenthesised = (words: readonly string[]): string => (words.length === 0 ? '' : ` (${words.join(', ')})`);

function cellsOf({ check, phase, predictions, confirmed, falseYes, falseNo }: CheckCalibrationRead): string[] {
  return [check, phase ?? '-', number(predictions), number(confirmed), number(falseYes), number(falseNo)];
}

function exampleLines({ check, examples }: CheckCalibrationRead, style: Style): string[] {
  const ids = [...new Set([...examples.falseYes, ...examples.falseNo])];
  return ids.length === 0 ? [] : [`${check}:`, ...ids.map((id) => `  ${style.faint(`berth migration get ${id}`)}`)];
}

function othersLines({ checks, ended }: CalibrationRead, shown: number, style: Style): string[] {
  const others = checks.length - shown;
  if (others === 0 || ended.landed + ended.aborted === 0) return [];
  return wrap(`${grouped(others)} other checks were never found wrong; --all lists them.`, style.width);
}

function relocationLines({ relocations }: CalibrationRead, style: Style): string[] {
  if (relocations.length === 0) return [];
  return [
    ...wrap('Relocated by an operator to where they had been refused, which may hint at a false no:', style.width),
    ...tableLines(
      style,
      [{ head: 'VM' }, { head: 'HOST' }, { head: 'REASON', gives: true }],
      relocations.map(({ vm, host, reason }) => [vm, host, reason]),
    ),
  ];
}
