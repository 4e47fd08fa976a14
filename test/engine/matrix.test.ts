import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { askPairs, type Pair } from '../../tools/matrix/ask-pairs.mjs';
import { printMatrix } from '../../tools/matrix/print-matrix.mjs';
import { RECORDED_HOSTS } from '../support/recorded.js';

const matrix = askPairs();
const fwb = new Map(matrix.hosts.map((host) => [host.name, host.fwb]));
const named = ({ source, target }: Pair) => `${source} → ${target}`;

describe('every recorded host against every other', () => {
  it('is asked once, in each direction', () => {
    expect(matrix.hosts.map(({ name }) => name).sort()).toEqual(RECORDED_HOSTS);
    expect(new Set(matrix.pairs.map(named)).size).toBe(43 * 43);
  });

  it('takes a VM from a host that is its like', () => {
    const alike = matrix.pairs.filter(({ source, target }) => source === target);
    expect(alike.filter(({ outcome }) => outcome !== 'compatible').map(named)).toEqual([]);
    expect(alike).toHaveLength(43);
  });

  it('refuses a VM at `state-load` where one side has FWB and the other has not, whichever it is', () => {
    const across = matrix.pairs.filter(({ source, target }) => fwb.get(source) !== fwb.get(target));
    expect(across).toHaveLength(2 * 33 * 10);
    for (const pair of across) {
      expect([named(pair), pair.outcome, pair.wouldFail]).toMatchObject([
        named(pair),
        'incompatible',
        { phase: 'state-load', reason: 'FWB_MISMATCH', errno: 'EINVAL', failure: 'refused', sourceOutcome: 'resumed' },
      ]);
    }
  });

  it('speaks of FWB nowhere else', () => {
    const mismatched = matrix.pairs.filter(({ rejected }) => rejected.some(({ reason }) => reason === 'FWB_MISMATCH'));
    expect(mismatched).toHaveLength(2 * 33 * 10);
  });

  it('fails for a reason that is named, and doubts for a fact that is named', () => {
    for (const { outcome, rejected, wouldFail, missing } of matrix.pairs) {
      expect(rejected.length > 0).toBe(outcome === 'incompatible');
      expect(wouldFail?.reason).toBe(rejected[0]?.reason);
      if (outcome === 'indeterminate') expect(missing).not.toEqual([]);
    }
  });

  it('comes to these numbers', () => {
    expect(matrix.counts).toEqual({ compatible: 261, incompatible: 1521, indeterminate: 67 });
    expect(matrix.reasons.map(({ reason, phase, first }) => [reason, phase, first])).toEqual([
      ['FWB_MISMATCH', 'state-load', 660],
      ['ID_REGISTER_MISMATCH', 'state-load', 585],
      ['IMPLEMENTATION_ID_MISMATCH', 'state-load', 276],
    ]);
  });
});

describe('the matrix on paper', () => {
  const lines = printMatrix(matrix);

  it('says first what was not recorded', () => {
    expect(lines.slice(0, 9).join(' ')).toMatch(/filled in equal on every host and in the VM: GIC v3, counter/);
  });

  it('has a row for each host, a glyph for each pair, and fits 100 columns', () => {
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
    const rows = lines.filter((line) => /^\d\d \d/.test(line));
    expect(rows).toHaveLength(43);
    for (const row of rows) expect(row.slice(30).replaceAll(' ', '')).toMatch(/^[+x?]{43}$/);
    const glyphs = rows.map((row) => row.slice(30)).join('');
    expect([...'+x?'].map((glyph) => glyphs.split(glyph).length - 1)).toEqual(Object.values(matrix.counts));
  });

  it('asks the phases and the policy it is told', () => {
    const asked = askPairs({ policy: 'kernel', phases: ['vm', 'memslot', 'fault'] });
    expect(asked.counts).toEqual({ compatible: 43 * 43, incompatible: 0, indeterminate: 0 });
    expect(printMatrix(asked).join('\n')).toContain('Policy kernel, phases vm, memslot, fault.');
  });
});

describe('the command', () => {
  const run = (...more: readonly string[]) =>
    spawnSync(process.execPath, ['tools/matrix.mjs', ...more], {
      cwd: resolve(import.meta.dirname, '../..'),
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });

  it('prints the same', () => {
    const { status, stdout } = run('-o', 'json');
    expect([status, JSON.parse(stdout).counts]).toEqual([0, matrix.counts]);
    expect(run().stdout.trimEnd()).toBe(printMatrix(matrix).join('\n').trimEnd());
  });

  it.each([
    ['--policy', 'lenient'],
    ['--phases', 'vm,never'],
    ['-o', 'yaml'],
    ['--host', 'x'],
  ])('refuses %s %s', (...wrong) => {
    const { status, stderr } = run(...wrong);
    expect([status, stderr]).toEqual([1, expect.stringContaining('usage: npm run matrix')]);
  });
});
