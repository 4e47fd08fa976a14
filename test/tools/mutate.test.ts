import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CHECKS } from '@berth/engine';
import { afterAll, describe, expect, it } from 'vitest';
import { type Equivalent, Equivalents } from '../../tools/mutate/equivalents.mjs';
import { type Mutant, mutantsOf, mutated, readProgram } from '../../tools/mutate/mutants.mjs';

const ROOT = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'berth-mutate-'));
afterAll(() => rmSync(folder, { recursive: true }));

const program = readProgram();
const all = mutantsOf(program);
const of = (file: string) => all.filter((mutant) => mutant.file === file);
const changes = (file: string) => of(file).map(({ was, becomes }) => `${was} → ${becomes}`);

describe('the mutants', () => {
  it('change what a check asks, in every way that it could be asked wrongly', () => {
    const asked = 'if (target.arch === undefined) return';
    expect(changes('checks/arch-supported.ts')).toEqual(
      expect.arrayContaining([
        `${asked} unknown(['/fingerprint/arch']); → if (target.arch !== undefined) return unknown(['/fingerprint/arch']);`,
        `${asked} unknown(['/fingerprint/arch']); → if (false) return unknown(['/fingerprint/arch']);`,
        `${asked} unknown(['/fingerprint/arch']); → ${asked} ({ kind: 'pass' });`,
        `${asked} unknown(['/fingerprint/arch']); → ${asked} unknown([]);`,
        "errno: 'EINVAL', → errno: 'ENOSYS',",
        "severity: 'reject', → severity: 'warn',",
      ]),
    );
  });

  it('leave out each check', () => {
    const left = of('checks.ts').filter(({ kind }) => kind === 'element');
    // The ID registers stand in one line, and so do those that a file has several of elsewhere.
    const lines = CHECKS.filter(({ id }) => !id.startsWith('id-register-aa64')).length + 1;
    expect(left).toHaveLength(lines);
    for (const { was, becomes } of left) expect([/^[.\w]+,$/.test(was), becomes.replace(',', '')]).toEqual([true, '']);
  });

  it('reach every check and every table', () => {
    const files = new Set(all.map(({ file }) => file));
    for (const table of [
      'registers/id-registers.ts',
      'catalogue/mappings.ts',
      'policies/proposals.ts',
      'generations.ts',
    ])
      expect(files).toContain(table);
    expect([...files].filter((file) => file.startsWith('checks/')).length).toBeGreaterThan(50);
  });

  it('leave the sentences alone', () => {
    const sentences = all.filter(({ was, kind }) => kind !== 'element' && /^(remedy|cite|statement|title):/.test(was));
    expect(sentences).toEqual([]);
  });

  it('differ each from the source, and in one place', () => {
    const texts = new Map(all.map(({ path }) => [path, readFileSync(path, 'utf8')]));
    for (const mutant of all) {
      const text = texts.get(mutant.path) ?? '';
      const changed = mutated(text, mutant);
      expect(changed).not.toBe(text);
      expect(changed.length - text.length).toBe(mutant.is.length - (mutant.end - mutant.start));
    }
  });
});

describe('the list of equivalent mutants', () => {
  const [one] = all as [Mutant];
  const entry: Equivalent = {
    file: one.file,
    in: one.in,
    was: one.was,
    becomes: one.becomes,
    why: 'a reason that is long enough to read',
  };

  it('goes by the text, wherever it stands', () => {
    expect(new Equivalents([entry]).has({ ...one, line: one.line + 7, start: 0, end: 0 })).toBe(true);
    expect(new Equivalents([{ ...entry, was: `${one.was} ` }]).has(one)).toBe(false);
  });

  it('does not keep what no mutant is like, but for files that were not asked', () => {
    const gone = { ...entry, was: 'gone' };
    expect(new Equivalents([entry, gone]).stale(all, '')).toEqual([gone]);
    expect(new Equivalents([gone]).stale([], 'another-file.ts')).toEqual([]);
  });

  it('wants a reason, and each mutant once', () => {
    expect(() => new Equivalents([{ ...entry, why: '' }])).toThrow('no reason');
    expect(() => new Equivalents([entry, entry])).toThrow('twice');
  });
});

async function run(...given: readonly string[]): Promise<{ status: number | null; said: string }> {
  const child = spawn(process.execPath, ['tools/mutate.mjs', ...given], { cwd: ROOT });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => (said += bytes.toString()));
  await once(child, 'close');
  return { status: child.exitCode, said };
}

function listOf(...entries: readonly Equivalent[]): string {
  const file = join(folder, `${entries.length}.json`);
  writeFileSync(file, JSON.stringify(entries));
  return file;
}

describe('the command', () => {
  it('kills all of a check, and ends with the count', { timeout: 300_000 }, async () => {
    const { status, said } = await run('--only', 'checks/arch-supported.ts', '--jobs', '1');
    expect([status, said]).toEqual([0, expect.stringMatching(/\d+ mutants, \d+ killed, 0 survived, 0 equivalent/)]);
  });

  it('fails for an entry of the list that is no mutant', { timeout: 300_000 }, async () => {
    const entry = {
      file: 'offers.ts',
      in: 'offers',
      was: 'gone',
      becomes: 'gone',
      why: 'it was there before, and is not any more',
    };
    const { status, said } = await run(
      '--only',
      'offers.ts',
      '--sample',
      '1',
      '--jobs',
      '1',
      '--equivalents',
      listOf(entry),
    );
    expect([status, said]).toEqual([1, expect.stringContaining('offers.ts listed as equivalent, and no mutant')]);
  });

  it.each([
    [['--only', 'no-such-file.ts'], 'no file has `no-such-file.ts`'],
    [['--jobs', 'many'], '--jobs: `many` is no count'],
    [['--never'], 'usage: npm run mutate'],
  ])('refuses %s', async (given, said) => {
    expect(await run(...given)).toEqual({ status: 2, said: expect.stringContaining(said) });
  });
});
