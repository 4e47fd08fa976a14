import { type Asking, ask } from './ask.js';
import type { Random } from './random.js';
import { Crash } from './scheduler.js';
import type { SimStore } from './sim-store.js';
import type { Call, Op } from './spec.js';
import { HOSTS } from './world.js';

export const KINDS = [
  'open',
  'verify',
  'start',
  'report',
  'cancel',
  'fact',
  'reconsider',
  'sweep',
  'read',
  'clock',
  'go-on',
] as const;
export type Kind = (typeof KINDS)[number];

/** What comes next for a migration that goes well. */
const NEXT: Readonly<Record<string, 'verify' | 'start' | 'report'>> = {
  admitted: 'verify',
  verified: 'start',
  'in-flight': 'report',
  unreported: 'report',
};

/** So much at most when the clock jumps. */
const LEAP = 400;

export interface Script {
  readonly client: string;
  readonly process: number;
  readonly kinds: readonly Kind[];
}

/** Those who call, and what they heard. */
export class Play {
  readonly history: Call[] = [];
  readonly #store: SimStore;
  readonly #random: Random;
  /** Ids that somebody has heard of. */
  readonly #ids: string[] = [];
  #order = 0;
  #made = 0;

  constructor(store: SimStore, random: Random) {
    this.#store = store;
    this.#random = random;
  }

  async client({ client, process, kinds }: Script): Promise<void> {
    const asking = { store: this.#store, process, client };
    for (const kind of kinds) {
      await this.#store.scheduler.point(process).catch(survive);
      if (kind === 'clock') this.#store.now += 1 + this.#random.below(LEAP);
      else await this.#insist(asking, this.#opOf(kind));
    }
  }

  /** When all is quiet: what is due is seen to, and somebody looks. */
  async last(process: number): Promise<void> {
    const asking = { store: this.#store, process, client: 'last' };
    await this.#call(asking, { f: 'sweep' });
    await this.#call(asking, { f: 'read' });
  }

  /** Whoever heard nothing asks again, or does not. */
  async #insist(asking: Asking, op: Op | undefined): Promise<void> {
    if (op === undefined || (await this.#call(asking, op)) || this.#random.once(2)) return;
    await this.#call(asking, op.f === 'open' ? { ...op, newId: this.#newId() } : op);
  }

  #newId(): string {
    this.#made += 1;
    return `00000000-0000-7000-8000-${String(this.#made).padStart(12, '0')}`;
  }

  #opOf(kind: Exclude<Kind, 'clock'>): Op | undefined {
    const random = this.#random;
    if (kind === 'sweep' || kind === 'read') return { f: kind };
    if (kind === 'fact') return { f: 'fact', host: random.pick(HOSTS), fit: random.once(2) };
    if (kind !== 'open') return this.#onMigration(kind);
    const key = random.once(3) ? undefined : `key-${random.below(3)}`;
    return { f: 'open', key, target: random.pick(HOSTS), newId: this.#newId() };
  }

  #onMigration(kind: Exclude<Kind, 'clock' | 'sweep' | 'read' | 'fact' | 'open'>): Op | undefined {
    const random = this.#random;
    const newest = this.#ids.at(-1);
    if (newest === undefined) return undefined;
    const id = kind !== 'go-on' && random.once(3) ? random.pick(this.#ids) : newest;
    const f = kind === 'go-on' ? NEXT[this.#store.get('migration', id)?.state ?? ''] : kind;
    if (f !== 'report') return f === undefined ? undefined : { f, id };
    return { f, id, side: random.pick(['source', 'target']), outcome: random.pick(['landed', 'landed', 'failed']) };
  }

  /** False when nothing was heard. */
  async #call(asking: Asking, op: Op): Promise<boolean> {
    const forEver = Number.POSITIVE_INFINITY;
    const [began, from] = [this.#order++, this.#store.now];
    const call: Call = { client: asking.client, op, began, ended: forEver, from, until: forEver, out: undefined };
    this.history.push(call);
    try {
      call.out = await ask(asking, op);
      call.ended = this.#order++;
      call.until = this.#store.now;
      this.#note(call.out);
    } catch (error) {
      survive(error);
    }
    return call.out !== undefined;
  }

  #note(out: string): void {
    const [, id] = /^(?:201|409) (.+)$/.exec(out) ?? [];
    if (id !== undefined && !this.#ids.includes(id)) this.#ids.push(id);
  }
}

/** A crash is part of the story; anything else is a bug. */
function survive(error: unknown): void {
  if (!(error instanceof Crash)) throw error;
}
