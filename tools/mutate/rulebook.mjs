// The engine, the kept questions and the stored answers, from the sources as they stand.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, Sources } from './sources.mjs';

export const STORED = join(ROOT, 'test', 'engine', 'rulebook', 'answers.json');
const ENGINE = join(ROOT, 'libs', 'engine', 'src', 'index.ts');
const QUESTIONS = join(ROOT, 'test', 'engine', 'rulebook', 'questions.ts');
const ANSWERS = join(ROOT, 'test', 'engine', 'rulebook', 'answers.ts');

export async function readRulebook() {
  const sources = new Sources();
  for (const entry of [ENGINE, QUESTIONS, ANSWERS]) await sources.read(entry);
  const loaded = new Map();
  const engine = sources.evaluate(ENGINE, loaded);
  const { keptQuestions } = sources.evaluate(QUESTIONS, loaded);
  const { answersOf, cardBytes, departure, sameAnswer } = sources.evaluate(ANSWERS, loaded);
  return {
    engine,
    kept: keptQuestions(),
    answersOf,
    cardBytes,
    departure,
    sameAnswer,
    /** An engine that tells which places a question comes to. */
    tellingEngine: (hits) => {
      const { sources: telling, places } = sources.telling(hits);
      return { telling: telling.evaluate(ENGINE), places };
    },
    textOf: (path) => sources.textOf(path),
    engineWith: (path, text) => sources.evaluateWith(ENGINE, path, text, loaded),
  };
}

export function readStored(file = STORED) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
