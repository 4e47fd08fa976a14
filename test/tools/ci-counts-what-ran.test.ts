import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const script = resolve(import.meta.dirname, '../../.ci/count-tests.mjs');
const folder = mkdtempSync(join(tmpdir(), 'berth-count-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    name: string;
    status: string;
    message: string;
    assertionResults: readonly object[];
  }[];
}

const clean: Report = {
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [{ name: 'a.test.ts', status: 'passed', message: '', assertionResults: [{}, {}, {}] }],
};

function counted(report: Report): string {
  const file = join(folder, 'report.json');
  writeFileSync(file, JSON.stringify(report));
  return spawnSync(process.execPath, [script, file], { encoding: 'utf8' }).stdout.trim();
}

test('what passed counts as passed', () => {
  expect(counted(clean)).toBe('3 0');
});

test('a skipped test and a test still to be written count as failed', () => {
  expect(counted({ ...clean, numPendingTests: 1, numTodoTests: 1 })).toBe('3 2');
});

test('a file that could not be loaded counts as failed', () => {
  const broken = { name: 'b.test.ts', status: 'failed', message: 'no such module', assertionResults: [] };
  expect(counted({ ...clean, testResults: [...clean.testResults, broken] })).toBe('3 1');
});

test('a run without a test counts as failed', () => {
  expect(counted({ ...clean, numPassedTests: 0, testResults: [] })).toBe('0 1');
});

test('a run without a report is told apart', () => {
  expect(spawnSync(process.execPath, [script, join(folder, 'none.json')]).status).toBe(1);
});
