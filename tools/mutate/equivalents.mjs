// Mutants that answer as the rulebook does, each with the reason why. An entry goes by the text of its lines, so it holds when
// they move and not when they change.
import { readFileSync } from 'node:fs';

export const EQUIVALENTS = new URL('equivalents.json', import.meta.url);

const keyOf = ({ file, in: name, was, becomes }) => [file, name, was, becomes].join('\n');

export class Equivalents {
  #entries;

  constructor(entries) {
    const wrong = entries.find(({ why }) => typeof why !== 'string' || why.length < 20);
    if (wrong !== undefined) throw new Error(`an equivalent mutant of ${wrong.file} has no reason`);
    this.#entries = new Map(entries.map((entry) => [keyOf(entry), entry]));
    if (this.#entries.size !== entries.length) throw new Error('an equivalent mutant is listed twice');
  }

  static read(file = EQUIVALENTS) {
    return new Equivalents(JSON.parse(readFileSync(file, 'utf8')));
  }

  has(mutant) {
    return this.#entries.has(keyOf(mutant));
  }

  /** Entries that speak of these files and of none of their mutants. */
  stale(mutants, only) {
    const there = new Set(mutants.map(keyOf));
    return [...this.#entries]
      .filter(([key, { file }]) => file.includes(only) && !there.has(key))
      .map(([, entry]) => entry);
  }
}
