import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LAW_RUNS } from '../support/law-runs.js';

const ROOT = resolve(import.meta.dirname, '../..');

const testFiles = ['libs/engine/src', 'libs/contract/src', 'test/engine'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => readFileSync(join(ROOT, folder, file), 'utf8')),
);

const counts = Object.entries(LAW_RUNS).flatMap(([law, of]) =>
  Object.entries(of).map(([what, runs]) => ({ name: `LAW_RUNS.${law}.${what}`, law, runs })),
);

describe('the laws', () => {
  it('are asked of 200 000 generated questions and more', () => {
    expect(counts.reduce((sum, { runs }) => sum + runs, 0)).toBeGreaterThanOrEqual(200_000);
  });

  it('are asked of a thousand each, of whatever kind', () => {
    expect(counts.filter(({ runs }) => runs < 1000)).toEqual([]);
  });

  // The counts hold because nothing else decides how often a law is asked: fast-check fails a run that it cannot finish.
  it.each(counts)('$name is the count of one law', ({ name }) => {
    const uses = testFiles.flatMap((text) => text.match(new RegExp(`${name.replaceAll('.', '\\.')}\\b`, 'g')) ?? []);
    expect(uses).toHaveLength(1);
  });
});
