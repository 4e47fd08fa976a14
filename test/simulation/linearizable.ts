import { BEGINNING, type Call, type State, step } from './spec.js';

/**
 * Is there an order of these calls, each somewhere between its beginning and its end, in which one after the other they give these
 * answers? A call that nobody heard the end of may have taken effect at any later time, or never. (Wing and Gong 1993; Lowe 2017.)
 */
export function isLinearizable(history: readonly Call[]): boolean {
  return new Search(history).goesOnFrom(BEGINNING);
}

class Search {
  readonly #history: readonly Call[];
  readonly #isPlaced: boolean[];
  /** From where no order was found: which calls were placed, and the state that they left. */
  readonly #dead = new Set<string>();

  constructor(history: readonly Call[]) {
    this.#history = history;
    this.#isPlaced = history.map(() => false);
  }

  goesOnFrom(state: State): boolean {
    const firstEnd = this.#firstEnd();
    if (firstEnd === Number.POSITIVE_INFINITY) return true;
    const seen = `${this.#isPlaced.map(Number).join('')}${JSON.stringify(state)}`;
    if (this.#dead.has(seen)) return false;
    const found = this.#history.some((call, at) => call.began <= firstEnd && this.#fits(state, call, at));
    if (!found) this.#dead.add(seen);
    return found;
  }

  /** When the first of those ended that have an answer and no place: whatever began later stands behind it. */
  #firstEnd(): number {
    let first = Number.POSITIVE_INFINITY;
    for (const [at, { out, ended }] of this.#history.entries())
      if (out !== undefined && this.#isPlaced[at] !== true && ended < first) first = ended;
    return first;
  }

  #fits(state: State, call: Call, at: number): boolean {
    if (this.#isPlaced[at] === true) return false;
    this.#isPlaced[at] = true;
    if (step(state, call).some((next) => this.goesOnFrom(next))) return true;
    this.#isPlaced[at] = false;
    return false;
  }
}
