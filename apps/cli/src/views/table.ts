import Table from 'cli-table3';
import type { Style } from '../style.js';
import { wrap } from './wrap.js';

export interface Column {
  readonly head: string;
  /** The column that gives way, by wrapping, when the table is wider than the terminal. */
  readonly gives?: boolean;
}

const GAP = 2;
const BLANK = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
    ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'],
  ].map((name) => [name, '']),
);

function fitted(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): number[] {
  const wide = columns.map(
    (column, index) => Math.max(column.head.length, ...rows.map((row) => row[index]?.length ?? 0)) + GAP,
  );
  const excess = wide.reduce((sum, each) => sum + each, 0) - GAP - width;
  const giving = columns.findIndex((column) => column.gives === true);
  const widest = wide[giving];
  const least = (columns[giving]?.head.length ?? 0) + GAP;
  if (excess > 0 && widest !== undefined) wide[giving] = Math.max(least, widest - excess);
  return wide;
}

/** The cell in lines that fit: broken at spaces, and inside a word only where the word alone is too wide. */
function folded(text: string, width: number): string {
  const lines = wrap(text, width).flatMap((line) => line.match(new RegExp(`.{1,${width}}`, 'gu')) ?? []);
  return lines.join('\n');
}

function laidOut(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string[] {
  const colWidths = fitted(columns, rows, width);
  const table = new Table({
    head: columns.map((column) => column.head),
    chars: BLANK,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': GAP },
    colWidths,
  });
  table.push(...rows.map((row) => row.map((cell, index) => folded(cell, (colWidths[index] ?? width) - GAP))));
  const lines = table.toString().split('\n');
  return lines.map((line) => line.trimEnd()).filter((line) => line !== '');
}

/** Lines of a table: aligned under headers for a person, tabs and nothing else for a pipe. */
export function tableLines(style: Style, columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  if (!style.laidOut) return rows.map((row) => row.join('\t'));
  return laidOut(columns, rows, style.width);
}
