import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { difference, givenOutOtherwise } from '../../tools/mutate/guard.mjs';
import { departure, type Stored } from '../engine/rulebook/answers.js';

const ROOT = resolve(import.meta.dirname, '../..');
const STORED: Stored = JSON.parse(readFileSync(join(ROOT, 'test/engine/rulebook/answers.json'), 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'berth-rulebook-'));
afterAll(() => rmSync(folder, { recursive: true }));

const stored = (rulebook: string, said: string, asked = 'a'): Stored => ({
  rulebook,
  answers: { TV01: { asked, said } },
});

describe('stored answers', () => {
  it.each([
    ['are kept where nothing changed', stored('1', 'x'), stored('1', 'x'), undefined],
    ['ask for a new version where an answer changed', stored('1', 'x'), stored('1', 'y'), 'bump RULEBOOK or undo'],
    [
      'are to be written where the version is new',
      stored('1', 'x'),
      stored('2', 'y'),
      /of rulebook 1, this is 2.*--write/,
    ],
    ['are to be written where the question is another', stored('1', 'x'), stored('1', 'y', 'b'), /--write/],
  ])('%s', (_claim, before, now, advice) => {
    const told = difference(before, now, departure).advice;
    if (advice instanceof RegExp) expect(told).toMatch(advice);
    else expect(told).toBe(advice);
  });

  it('that were given out are written over under another version alone', () => {
    expect(givenOutOtherwise(stored('1', 'x'), stored('1', 'y'), departure)).toEqual(['TV01']);
    expect(givenOutOtherwise(stored('1', 'x'), stored('2', 'y'), departure)).toEqual([]);
    expect(givenOutOtherwise(undefined, stored('1', 'y'), departure)).toEqual([]);
  });
});

describe('the command', () => {
  it('names what is answered otherwise', async () => {
    const [id = '', digests = { asked: '', said: '' }] =
      Object.entries(STORED.answers).find(([name]) => name.startsWith('TV14')) ?? [];
    const file = join(folder, 'answers.json');
    writeFileSync(file, JSON.stringify({ ...STORED, answers: { ...STORED.answers, [id]: { ...digests, said: '0' } } }));
    const child = spawn(process.execPath, ['tools/rulebook-guard.mjs', '--file', file], { cwd: ROOT });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => (said += bytes.toString()));
    await once(child, 'close');
    expect(child.exitCode).toBe(1);
    expect(said).toContain(`answered otherwise (1):\n  ${id}\n`);
    expect(said).toContain('bump RULEBOOK or undo');
  });
});
