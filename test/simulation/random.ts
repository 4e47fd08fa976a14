/** mulberry32: a small generator whose whole state is its seed, so that a seed is a story. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to and without `end`. */
  below(end: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % end;
  }

  pick<T>(from: readonly T[]): T {
    const picked = from[this.below(from.length)];
    if (picked === undefined) throw new Error('nothing to pick from');
    return picked;
  }

  /** One time in `n`. */
  once(n: number): boolean {
    return this.below(n) === 0;
  }

  /** Each with an even chance, and at least one. */
  some<T>(from: readonly T[]): readonly T[] {
    const kept = from.filter(() => this.once(2));
    return kept.length > 0 ? kept : [this.pick(from)];
  }
}
