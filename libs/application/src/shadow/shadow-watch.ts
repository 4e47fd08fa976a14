import { Overruled } from './overruled.js';
import { differenceOf } from './shadow-difference.js';
import type { ShadowRecord } from './shadow-rules.js';
import type { ShadowStore } from './shadow-store.js';
import type { Evaluated, Witness } from './witness.js';

export type ShadowOutcome = 'same' | 'different' | 'failed' | 'skipped';

/** So many questions wait for their second answer at most; what comes then is left out, and counted. */
const MOST_WAITING = 256;
/** For how long a process may not have heard that other rules were set by another. */
const REMEMBERED_MILLISECONDS = 1_000;

interface Remembered {
  readonly until: number;
  readonly shadow: { readonly revision: number; readonly overruled: Overruled } | undefined;
}

/**
 * Puts each question that was answered to the shadow too, one after the other, when the answer is out. So nothing that goes wrong
 * here, and nothing that takes its time, reaches who asked.
 */
export class ShadowWatch {
  /** In this process, since it started. */
  readonly counts: Record<ShadowOutcome, number> = { same: 0, different: 0, failed: 0, skipped: 0 };
  readonly #store: ShadowStore;
  readonly #failed: (error: unknown) => void;
  readonly #known = new Map<string, Remembered>();
  readonly #waiting: Evaluated[] = [];
  #work: Promise<void> | undefined;

  constructor(store: ShadowStore, failed: (error: unknown) => void = () => undefined) {
    this.#store = store;
    this.#failed = failed;
  }

  readonly witness: Witness = (evaluated) => {
    const known = this.#remembered(evaluated.fleet);
    if (known !== undefined && known.shadow === undefined) return;
    if (this.#waiting.length >= MOST_WAITING) this.counts.skipped += 1;
    else this.#waiting.push(evaluated);
    this.#work ??= this.#drain();
  };

  /** Other rules were set in this process. */
  forget(fleet: string): void {
    this.#known.delete(fleet);
  }

  /** When all that waits has been seen to. */
  async settled(): Promise<void> {
    while (this.#work !== undefined) await this.#work;
  }

  async #drain(): Promise<void> {
    // Whoever told of the evaluation goes on first, whatever this costs.
    await new Promise(setImmediate);
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      const outcome = await this.#compare(next).catch((error: unknown) => {
        this.#failed(error);
        return 'failed' as const;
      });
      if (outcome !== undefined) this.counts[outcome] += 1;
      await new Promise(setImmediate);
    }
    this.#work = undefined;
  }

  async #compare(evaluated: Evaluated): Promise<ShadowOutcome | undefined> {
    const { fleet, subject, question } = evaluated;
    const { shadow } = this.#remembered(fleet) ?? (await this.#read(fleet));
    if (shadow === undefined) return undefined;
    const difference = differenceOf(evaluated, shadow.overruled.decide(question));
    if (difference === undefined) return 'same';
    await this.#store.note(fleet, shadow.revision, subject, difference);
    return 'different';
  }

  #remembered(fleet: string): Remembered | undefined {
    const known = this.#known.get(fleet);
    return known !== undefined && known.until > performance.now() ? known : undefined;
  }

  async #read(fleet: string): Promise<Remembered> {
    const record = await this.#store.current(fleet);
    const before = this.#known.get(fleet)?.shadow;
    const shadow = before !== undefined && before.revision === record?.revision ? before : openedOf(record);
    const known = { until: performance.now() + REMEMBERED_MILLISECONDS, shadow };
    this.#known.set(fleet, known);
    return known;
  }
}

function openedOf(record: ShadowRecord | undefined): Remembered['shadow'] {
  return record === undefined ? undefined : { revision: record.revision, overruled: new Overruled(record.rules) };
}
