import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { MIGRATION_STATES, nextState, OPEN_STATES, TRANSITIONS } from './transitions.js';

const DRAWING = new URL('../../../../docs/migrations.md', import.meta.url);
const ARROW = /^ {4}(\[\*\]|[a-z_]+) --> ([a-z_]+): ([a-z]+) \(([a-z, ]+)\)$/;
const named = (id: string): string => id.replaceAll('_', '-');

function drawn(): object[] {
  const [, drawing = ''] = /```mermaid\n([\s\S]*?)```/.exec(readFileSync(DRAWING, 'utf8')) ?? [];
  return drawing
    .split('\n')
    .filter((line) => line.includes('-->'))
    .map((line) => {
      const [, from = '', to = '', trigger = '', by = ''] = ARROW.exec(line) ?? [];
      return { from: from === '[*]' ? null : named(from), trigger, to: named(to), by: by.split(', ') };
    });
}

describe('the transitions', () => {
  test('are those of the drawing', () => {
    const inOrder = (rows: readonly object[]): string[] =>
      rows.map((row) => JSON.stringify(row, ['from', 'trigger', 'to', 'by'])).sort();
    const table = TRANSITIONS.map(({ by, ...row }) => ({ ...row, by: [...by].sort() }));
    expect(inOrder(drawn().map((row) => ({ ...row, by: [...(row as { by: string[] }).by].sort() })))).toEqual(
      inOrder(table),
    );
  });

  test('lead from a state by a trigger to one state', () => {
    const ways = TRANSITIONS.map(({ from, trigger }) => `${from} ${trigger}`);
    expect(new Set(ways).size).toBe(ways.length);
  });

  test('reach every state, and leave exactly the open ones', () => {
    expect(MIGRATION_STATES.filter((state) => !TRANSITIONS.some(({ to }) => to === state))).toEqual([]);
    const left = MIGRATION_STATES.filter((state) => TRANSITIONS.some(({ from }) => from === state));
    expect(left.sort()).toEqual([...OPEN_STATES].sort());
  });

  test('take a VM to its target on one way only: by a report of what was started', () => {
    const landings = TRANSITIONS.filter(({ to }) => to === 'landed');
    expect(landings.map(({ from, trigger }) => [from, trigger])).toEqual([
      ['in-flight', 'landed'],
      ['unreported', 'landed'],
    ]);
    const byTime = TRANSITIONS.filter(({ trigger }) => trigger === 'deadline' || trigger === 'expiry');
    expect(byTime.filter(({ from, to }) => from === 'in-flight' && to !== 'unreported')).toEqual([]);
  });

  test('that do not stand in the table lead nowhere', () => {
    expect([nextState('landed', 'start'), nextState('in-flight', 'cancel'), nextState(null, 'verify')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
