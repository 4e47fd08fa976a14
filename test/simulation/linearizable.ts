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
  /** Of a call that nobody heard the end of: the one before it that asked for the very same, unheard as well. */
  readonly #twins: readonly (number | undefined)[];
  /** From where no order was found: which calls were placed, and the state that they left. */
  readonly #dead = new Set<string>();

  constructor(history: readonly Call[]) {
    // What was answered comes first: it has to have a place, and the others may do without.
    this.#history = [...history].sort((a, b) => Number(a.out === undefined) - Number(b.out === undefined));
    this.#isPlaced = history.map(() => false);
    this.#twins = this.#history.map((call, at) => twinOf(this.#history, call, at));
  }

  goesOnFrom(state: State): boolean {
    const firstEnd = this.#firstEnd();
    if (firstEnd === Number.POSITIVE_INFINITY) return true;
    const shape = JSON.stringify(state);
    const seen = `${this.#isPlaced.map(Number).join('')}${shape}`;
    if (this.#dead.has(seen)) return false;
    const found = this.#history.some((call, at) => call.began <= firstEnd && this.#fits(state, shape, call, at));
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

  #fits(state: State, shape: string, call: Call, at: number): boolean {
    if (this.#isPlaced[at] === true || !this.#isNext(at)) return false;
    this.#isPlaced[at] = true;
    const after = step(state, call);
    // One without an answer that changes nothing may as well be left out.
    const worth = call.out === undefined ? after.filter((next) => JSON.stringify(next) !== shape) : after;
    if (worth.some((next) => this.goesOnFrom(next))) return true;
    this.#isPlaced[at] = false;
    return false;
  }

  /** Of two that cannot be told apart the earlier can stand wherever the later can. */
  #isNext(at: number): boolean {
    const twin = this.#twins[at];
    return twin === undefined || this.#isPlaced[twin] === true;
  }
}

function twinOf(history: readonly Call[], call: Call, at: number): number | undefined {
  if (call.out !== undefined) return undefined;
  const isTwin = ({ out, client, op, until }: Call): boolean =>
    out === undefined &&
    client === call.client &&
    until === call.until &&
    JSON.stringify(op) === JSON.stringify(call.op);
  const before = history.slice(0, at).findLastIndex(isTwin);
  return before === -1 ? undefined : before;
}
