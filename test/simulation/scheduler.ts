import type { Random } from './random.js';

/** The process that made this call died. Whoever called hears nothing. */
export class Crash extends Error {
  constructor() {
    super('the process died');
  }
}

interface Parked {
  readonly process: number;
  readonly go: () => void;
  readonly die: (error: Crash) => void;
}

/**
 * Runs calls a statement at a time: each call waits at every statement until it is picked, so that a seed decides the order of all
 * statements of all calls. A call that waits for a lock waits for the one that holds it.
 */
export class Scheduler {
  readonly #random: Random;
  #crashAt: ReadonlySet<number>;
  readonly #blocked = new Set<{ readonly process: number; dead: boolean }>();
  #parked: Parked[] = [];
  #calls = 0;
  #step = 0;

  /** `crashAt`: the steps at which the process of the call that is picked dies, with all its calls. */
  constructor(random: Random, crashAt: ReadonlySet<number>) {
    this.#random = random;
    this.#crashAt = crashAt;
  }

  /** From now on nothing dies. */
  calm(): void {
    this.#crashAt = new Set();
  }

  /** Where a statement begins. */
  point(process: number): Promise<void> {
    return new Promise((go, die) => this.#parked.push({ process, go, die }));
  }

  /** Waits outside the order of statements, for somebody else; goes on at a point. */
  async blocked(process: number, until: Promise<void>): Promise<void> {
    const waiting = { process, dead: false };
    this.#blocked.add(waiting);
    await until;
    this.#blocked.delete(waiting);
    if (waiting.dead) throw new Crash();
    await this.point(process);
  }

  /** Plays to the end: until every one of the players has nothing left to do. */
  async play(players: readonly (() => Promise<void>)[]): Promise<void> {
    this.#calls = players.length;
    const failures: unknown[] = [];
    for (const player of players)
      void player()
        .catch((error: unknown) => failures.push(error))
        .finally(() => {
          this.#calls -= 1;
        });
    while (this.#calls > 0) {
      await null;
      if (this.#parked.length + this.#blocked.size === this.#calls && this.#calls > 0) this.#pick();
    }
    if (failures.length > 0) throw failures[0];
  }

  #pick(): void {
    if (this.#parked.length === 0) throw new Error('every call waits for another');
    const at = this.#random.below(this.#parked.length);
    const [picked] = this.#parked.splice(at, 1);
    if (picked === undefined) throw new Error('nothing was parked');
    this.#step += 1;
    if (this.#crashAt.has(this.#step)) this.#kill(picked);
    else picked.go();
  }

  #kill(picked: Parked): void {
    const dying = [picked, ...this.#parked.filter(({ process }) => process === picked.process)];
    this.#parked = this.#parked.filter(({ process }) => process !== picked.process);
    for (const waiting of this.#blocked) if (waiting.process === picked.process) waiting.dead = true;
    for (const call of dying) call.die(new Crash());
  }
}
