import { describe, expect, it } from 'vitest';
import { missingOf, said } from '../../../../test/support/ask.js';
import { aQuestion, MEMORY_PHASES } from '../../../../test/support/builders.js';
import { decide } from '../decide.js';
import { phaseCoverage } from './phase-coverage.js';

describe.each(phaseCoverage.map(({ id, phase }) => ({ id, phase })))('$id', ({ id, phase }) => {
  it('does not know, so the outcome is never a yes', () => {
    const question = aQuestion({ phases: [...MEMORY_PHASES, phase] });
    expect(said(id, question)).toBe('unknown');
    expect(missingOf(id, question)).toEqual([`/rulebook/${phase}`]);
    expect(decide(question).outcome).toBe('indeterminate');
  });

  it('says nothing where its phase is not asked', () => {
    expect(said(id, aQuestion())).toBe('pass');
  });
});

it('covers none of the phases of memory', () => {
  expect(phaseCoverage.filter(({ phase }) => MEMORY_PHASES.includes(phase))).toEqual([]);
});
