import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CHECKS } from '@berth/engine';
import { afterAll, describe, expect, it } from 'vitest';
import { readExamples } from '../../tools/reasons/examples.mjs';
import { berth } from '../support/cli.js';

const examples = await readExamples();
const folder = mkdtempSync(join(tmpdir(), 'berth-examples-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const reproduce = (...words: readonly string[]) =>
  spawnSync(process.execPath, ['tools/reproduce.mjs', ...words], {
    cwd: resolve(import.meta.dirname, '../..'),
    encoding: 'utf8',
  });

describe('the examples', () => {
  it('are one for each check, in which it has something to say', () => {
    expect([...examples.keys()].sort()).toEqual(CHECKS.map(({ id }) => id).sort());
    for (const [id, { finding, changes }] of examples) {
      expect(finding?.check, id).toBe(id);
      expect(changes.length, id).toBeGreaterThan(0);
    }
  });

  it('stand in the printed rulebook, each with what makes it', () => {
    const page = readFileSync(new URL('../../docs/reasons.md', import.meta.url), 'utf8');
    for (const { id } of CHECKS) expect(page).toContain(`- reproduce: \`node tools/reproduce.mjs ${id}\`; `);
  });

  it.each(['vfio-p2p', 'cow-pfnmap-fault'])('come out of the command as they are: %s', async (id) => {
    const { status, stdout } = reproduce(id, join(folder, id));
    expect(status).toBe(0);
    const [command = ''] = stdout.split('\n');
    const answer = await berth([...command.split(' ').slice(1), '-o', 'json']);
    const { findings } = JSON.parse(answer.out) as { findings: readonly { check: string; message: string }[] };
    expect(findings.find(({ check }) => check === id)?.message).toBe(examples.get(id)?.finding?.message);
  });

  it.each([[], ['no-such-check']])('are asked for by the id of a check: %s', (...words) => {
    const { status, stderr } = reproduce(...words);
    expect([status, stderr]).toEqual([1, expect.stringContaining('usage: node tools/reproduce.mjs CHECK [FOLDER]')]);
  });
});
