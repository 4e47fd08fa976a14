import { readFileSync } from 'node:fs';
import * as engine from '@berth/engine';
import { describe, expect, it } from 'vitest';
import { answerBytes, answersOf, departure, type Stored, sameAnswer } from './answers.js';
import { keptQuestions } from './questions.js';

const STORED: Stored = JSON.parse(readFileSync(new URL('answers.json', import.meta.url), 'utf8'));
const kept = keptQuestions();
const now = answersOf(engine, kept);

const WRITE = 'node tools/rulebook-guard.mjs --write';

describe(`what rulebook ${STORED.rulebook} said to the kept questions`, () => {
  const { changed, unlike } = departure(STORED, now);

  it('is what it says now: else bump RULEBOOK or undo', () => {
    expect(changed, `bump RULEBOOK or undo: rulebook ${engine.RULEBOOK} answers these otherwise`).toEqual([]);
  });

  it(`was asked the same: else \`${WRITE}\``, () => {
    expect(unlike, `the kept questions are others than the stored ones: ${WRITE}`).toEqual([]);
  });

  it(`is stored under the version that is given out: else \`${WRITE}\``, () => {
    expect(STORED.rulebook, `the answers of rulebook ${engine.RULEBOOK} are not stored: ${WRITE}`).toBe(
      engine.RULEBOOK,
    );
  });

  it('is kept of every vector, of every pair of recorded hosts and of every recorded case', () => {
    const questions = (start: string) =>
      kept.filter(({ id }) => id.startsWith(start)).reduce((sum, { questions: asked }) => sum + asked.length, 0);
    const policies = 2 * engine.POLICIES.length;
    expect(questions('matrix from')).toBe(43 * 43);
    expect(questions('recorded on')).toBe(9411);
    expect(questions('TV')).toBe(70 * policies);
    for (const vectors of ['PV', 'CV', 'DV']) expect(questions(vectors)).toBeGreaterThanOrEqual(12 * policies);
  });
});

describe('a departure', () => {
  const [vector, other] = Object.keys(now.answers).filter((id) => id.startsWith('TV')) as [string, string];
  const withDigests = (id: string, digests: Partial<Stored['answers'][string]>): Stored => {
    const before = now.answers[id] ?? { asked: '', said: '' };
    return { ...now, answers: { ...now.answers, [id]: { ...before, ...digests } } };
  };

  it('names the question that is answered otherwise', () => {
    expect(departure(withDigests(vector, { said: '0' }), now)).toEqual({ changed: [vector], unlike: [] });
  });

  it('is no change of an answer where the question is another', () => {
    const stored = withDigests(vector, { asked: '0', said: '0' });
    expect(departure(stored, now)).toEqual({ changed: [], unlike: [vector] });
  });

  it('names the question that is new or gone', () => {
    const { [other]: _, ...answers } = now.answers;
    expect(departure({ ...now, answers }, now)).toEqual({ changed: [], unlike: [other] });
    expect(departure(now, { ...now, answers })).toEqual({ changed: [], unlike: [other] });
  });
});

describe('two decisions', () => {
  const decisions = kept.filter(({ id }) => id.startsWith('TV')).flatMap(({ questions }) => questions.slice(0, 2));
  const answered = decisions.map((question) => engine.decide(question));
  const whole = answered.filter(({ findings }) => findings.length > 0);

  it('are the same where their bytes are', () => {
    for (const one of answered)
      for (const other of answered) expect(sameAnswer(one, other)).toBe(answerBytes(one) === answerBytes(other));
  });

  it('are the same whatever their sentences and their version say', () => {
    const reworded = whole.map((one) => ({
      ...one,
      rulebook: '0',
      findings: one.findings.map((finding) => ({ ...finding, message: '', remedy: '', expected: '', cite: '' })),
    }));
    expect(reworded.length).toBeGreaterThan(0);
    expect(reworded.filter((other, at) => whole[at] === undefined || !sameAnswer(whole[at], other))).toEqual([]);
  });
});
