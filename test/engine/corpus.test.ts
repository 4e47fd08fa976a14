import { CHECKS, decide } from '@berth/engine';
import { describe, expect, it } from 'vitest';
import { aQuestion } from '../support/builders.js';
import { CORPUS } from './corpus.js';

describe('the corpus', () => {
  it('has a question for each check', () => {
    expect(CORPUS.map(({ check }) => check).sort()).toEqual(CHECKS.map(({ id }) => id).sort());
  });

  it('departs from a question that has nothing against it', () => {
    expect(decide(aQuestion())).toMatchObject({ outcome: 'compatible', wouldFail: null, findings: [] });
  });

  it.each(CORPUS)('$check is what the question for it is about', ({ check, says, question }) => {
    const found = decide(question).findings.map((finding) => `${finding.severity} ${finding.check}`);
    expect(found[0]).toBe(`${says} ${check}`);
  });
});
