/** A transaction that waited for one that waits for it: PostgreSQL ends it with 40P01. */
export class Deadlock extends Error {
  constructor() {
    super('deadlock detected');
  }
}

export type LockMode = 'share' | 'update';

interface Row {
  readonly holders: Map<object, LockMode>;
  readonly waiting: { readonly owner: object; readonly mode: LockMode; readonly wake: () => void }[];
}

/** Row locks, held until the transaction ends. Those who wait are served in order. */
export class Locks {
  readonly #rows = new Map<string, Row>();
  readonly #waitsFor = new Map<object, Row>();

  /** Undefined when it is had at once; else what to wait for, after which it is held. */
  take(owner: object, key: string, mode: LockMode): Promise<void> | undefined {
    const row: Row = this.#rows.get(key) ?? { holders: new Map(), waiting: [] };
    this.#rows.set(key, row);
    if (fits(row, owner, mode)) {
      hold(row, owner, mode);
      return undefined;
    }
    this.#waitsFor.set(owner, row);
    if (this.#isCircle(owner, row, new Set())) {
      this.#waitsFor.delete(owner);
      throw new Deadlock();
    }
    return new Promise<void>((wake) => row.waiting.push({ owner, mode, wake }));
  }

  release(owner: object): void {
    for (const row of this.#rows.values()) {
      if (!row.holders.delete(owner)) continue;
      for (let next = row.waiting[0]; next !== undefined && fits(row, next.owner, next.mode); next = row.waiting[0]) {
        row.waiting.shift();
        hold(row, next.owner, next.mode);
        this.#waitsFor.delete(next.owner);
        next.wake();
      }
    }
  }

  #isCircle(owner: object, row: Row, seen: Set<Row>): boolean {
    if (seen.has(row)) return false;
    seen.add(row);
    const before = [...row.holders.keys(), ...row.waiting.map((each) => each.owner)].filter((each) => each !== owner);
    const isHeldByOwner = seen.size > 1 && row.holders.has(owner);
    return (
      isHeldByOwner ||
      before.some((each) => {
        const next = this.#waitsFor.get(each);
        return next !== undefined && this.#isCircle(owner, next, seen);
      })
    );
  }
}

function fits({ holders }: Row, owner: object, mode: LockMode): boolean {
  return [...holders].every(([holder, held]) => holder === owner || (mode === 'share' && held === 'share'));
}

function hold({ holders }: Row, owner: object, mode: LockMode): void {
  if (holders.get(owner) !== 'update') holders.set(owner, mode);
}
