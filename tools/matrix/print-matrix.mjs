// The matrix for a person, within 100 columns.
import { ASSUMED } from './hosts.mjs';

const GLYPHS = { compatible: '+', incompatible: 'x', indeterminate: '?' };

const twoDigits = (number) => `${number}`.padStart(2, '0');
const width = (rows, key) => Math.max(...rows.map((row) => row[key].length));

export function printMatrix(matrix, colour = (_outcome, text) => text) {
  return [
    ...headLines(matrix),
    '',
    ...gridLines(matrix, colour),
    ...legendLines(matrix, colour),
    ...reasonLines(matrix),
    ...missingLines(matrix),
  ];
}

function headLines({ hosts, pairs, policy, phases }) {
  return [
    `${hosts.length} recorded hosts, ${pairs.length} ordered pairs: can a plain VM go from the row to the column?`,
    `Policy ${policy}, ${phases.length === 8 ? 'all phases' : `phases ${phases.join(', ')}`}.`,
    '',
    ...ASSUMED.map((line, index) => (index === 0 ? `Assumed: ${line}` : `         ${line}`)),
  ];
}

/** One space where the CPU changes, in both directions, so that the blocks of one CPU against another are seen. */
function gridLines({ hosts, pairs }, colour) {
  const cells = (glyphOf) =>
    hosts
      .map((host, index) => `${index > 0 && host.cpu !== hosts[index - 1].cpu ? ' ' : ''}${glyphOf(host, index)}`)
      .join('');
  const margin = ' '.repeat(width(hosts, 'name') + 8);
  const heads = [0, 1].map((digit) => `${margin}${cells((_host, index) => twoDigits(index + 1)[digit])}`);
  const outcomes = new Map(pairs.map((pair) => [`${pair.source} ${pair.target}`, pair.outcome]));
  const rows = hosts.flatMap((source, index) => {
    const fwb = source.fwb ? 'fwb' : '   ';
    const label = `${twoDigits(index + 1)} ${source.name.padEnd(width(hosts, 'name'))} ${fwb} `;
    const row = cells((target) => glyph(outcomes.get(`${source.name} ${target.name}`), colour));
    const startsGroup = index > 0 && source.cpu !== hosts[index - 1].cpu;
    return [...(startsGroup ? [''] : []), `${label}${row}`];
  });
  return [...heads, ...rows, ''];
}

const glyph = (outcome, colour) => colour(outcome, GLYPHS[outcome]);

function legendLines({ counts, hosts }, colour) {
  const outcomes = Object.entries(counts).map(([outcome, pairs]) => `${glyph(outcome, colour)} ${outcome} ${pairs}`);
  return [`${outcomes.join('   ')}   of ${hosts.length} × ${hosts.length}`, ''];
}

function reasonLines({ reasons }) {
  if (reasons.length === 0) return [];
  const rows = reasons.flatMap((row) => [
    [row.reason, row.phase, row.first, row.pairs],
    ...row.checks.map((check) => [`  ${check.check}`, '', check.first, check.pairs]),
  ]);
  return [
    'Why not: pairs that would fail there first, and pairs that would fail there at all',
    ...table([['reason, and the checks that give it', 'phase', 'first', 'at all'], ...rows]),
    '',
  ];
}

function missingLines({ missing }) {
  if (missing.length === 0) return [];
  const rows = missing.map(({ fact, pairs }) => [fact, '', '', pairs]);
  return ['What is missing, where the answer is not known', ...table([['fact', '', '', 'pairs'], ...rows])];
}

function table(rows) {
  const widths = [64, 12, 7, 8];
  return rows.map((row) =>
    row
      .map((cell, column) => (column < 2 ? `${cell}`.padEnd(widths[column]) : `${cell}`.padStart(widths[column])))
      .join('')
      .trimEnd(),
  );
}
