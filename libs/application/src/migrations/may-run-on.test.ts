import { expect, test } from 'vitest';
import { mayRunOn } from './may-run-on.js';
import type { OpenMigration } from './migration.js';

const open = (state: OpenMigration['state'], said: OpenMigration['said'] = {}): OpenMigration => ({
  id: 'id',
  state,
  source: 's',
  target: 't',
  said,
});

test('a VM may run where it is known to be, on both sides once it was started, and never on a side that denies it', () => {
  expect(mayRunOn(undefined, undefined)).toEqual([]);
  expect(mayRunOn('s', undefined)).toEqual(['s']);
  expect(mayRunOn('s', open('admitted'))).toEqual(['s']);
  expect(mayRunOn('s', open('verified'))).toEqual(['s']);
  expect(mayRunOn('s', open('in-flight'))).toEqual(['s', 't']);
  expect(mayRunOn('s', open('unreported'))).toEqual(['s', 't']);
  expect(mayRunOn('s', open('unreported', { source: 'failed', target: 'landed' }))).toEqual(['s', 't']);
  expect(mayRunOn('s', open('unreported', { source: 'landed' }))).toEqual(['t']);
  expect(mayRunOn('s', open('unreported', { target: 'failed' }))).toEqual(['s']);
  expect(mayRunOn('s', open('unreported', { source: 'landed', target: 'failed' }))).toEqual([]);
});
