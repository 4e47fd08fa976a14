import { EXIT } from '../exit-code.js';
import type { ActualRead, MigrationRead } from '../migration-types.js';
import type { Style } from '../style.js';
import { pairLines } from './pairs.js';

const OPEN: ReadonlySet<string> = new Set(['admitted', 'verified', 'in-flight', 'unreported']);

export const isEnded = ({ state }: MigrationRead): boolean => !OPEN.has(state);

/** What somebody who waited for the end is told: it landed, or it did not. */
export function exitOfMigration(migration: MigrationRead): number {
  if (!isEnded(migration) || migration.state === 'landed') return EXIT.ok;
  return EXIT.refused;
}

export const migrationCells = ({ id, state, vm, source, target }: MigrationRead): readonly string[] => [
  id,
  state,
  vm,
  source,
  target,
];

/** One migration: where it stands, until when, and what is known of its end. */
export function migrationLines(style: Style, migration: MigrationRead): string[] {
  const { id, vm, source, target, state, why, policy, predicted, actual, expiresAt, deadlineAt, history } = migration;
  const waits = state === 'admitted' || state === 'verified';
  const head = [state, id, vm, `${source} → ${target}`].join(style.laidOut ? '  ' : '\t');
  return [
    head,
    ...pairLines(style, [
      ['why', why],
      ['policy', policy],
      ['ticket', waits ? `good until ${expiresAt}` : ''],
      ['report', deadlineAt === null || isEnded(migration) ? '' : `expected by ${deadlineAt}`],
      ['predicted', predictedWords(predicted)],
      ['actual', actual === null ? '' : actualWords(actual)],
      ...history.map((step): [string, string] => [step.to, `${step.at} by ${step.by}`]),
    ]),
  ];
}

function predictedWords({ outcome, warned }: MigrationRead['predicted']): string {
  return warned.length === 0 ? outcome : `${outcome}; warned: ${warned.join(', ')}`;
}

const COMPARED: Readonly<Record<string, (actual: ActualRead) => string>> = {
  confirmed: () => 'as predicted',
  'false-yes': ({ falseYes }) => `a false yes of ${falseYes.join(', ')}`,
  'false-no': ({ falseNo }) => `strict would have refused it: ${falseNo.join(', ')}`,
  foretold: ({ foretold }) => `as warned: ${foretold.join(', ')}`,
  outside: ({ outside }) => `outside what is predicted: ${outside ?? 'unknown'}`,
};

function actualWords(actual: ActualRead): string {
  const { outcome, phase, errno, slot, reason, comparison } = actual;
  const where = [phase, slot === null ? null : `slot ${slot}`, reason, errno].filter((part) => part !== null);
  const compared = COMPARED[comparison]?.(actual) ?? comparison;
  return `${[outcome, ...where].join(' ')}; ${compared}`;
}
