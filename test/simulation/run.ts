import type { Planted } from './faults.js';
import { type Broken, brokenAtCommit, brokenAtEnd } from './invariants.js';
import { isLinearizable } from './linearizable.js';
import { KINDS, type Kind, Play, type Script } from './play.js';
import { Random } from './random.js';
import { Scheduler } from './scheduler.js';
import { SimStore } from './sim-store.js';
import type { Call } from './spec.js';
import { HOSTS, VM } from './world.js';

/** Clients share two processes; a process dies with all its calls. */
const PROCESSES = 2;
/** Steps within which processes die. */
const EARLY = 60;
const LATE = 90;

export interface Story {
  readonly seed: number;
  readonly broken: Broken | 'no order of the calls explains their answers' | undefined;
  readonly history: readonly Call[];
  /** Somebody heard no answer. */
  readonly crashed: boolean;
  readonly landed: boolean;
}

/** One run, whole and decided by its seed alone. */
export async function run(seed: number, planted?: Planted): Promise<Story> {
  const random = new Random(seed);
  const scheduler = new Scheduler(random, crashes(random));
  const store = new SimStore(scheduler, planted);
  for (const host of HOSTS) store.set('host', host, { revision: 1, state: 'active' });
  store.set('vm', VM, { revision: 1, host: HOSTS[0] });
  let broken: Story['broken'];
  store.onCommit = () => {
    broken ??= brokenAtCommit(store);
  };
  const play = new Play(store, random);
  await scheduler.play(scripts(random).map((script) => () => play.client(script)));
  scheduler.calm();
  await scheduler.play([() => play.last(PROCESSES)]);
  const { history } = play;
  broken ??= brokenAtEnd(store);
  if (broken === undefined && !isLinearizable(history)) broken = 'no order of the calls explains their answers';
  const crashed = history.some(({ out }) => out === undefined);
  return { seed, broken, history, crashed, landed: history.some(({ out }) => out === 'ok landed') };
}

function crashes(random: Random): ReadonlySet<number> {
  if (random.once(2)) return new Set();
  const first = 1 + random.below(EARLY);
  return new Set(random.once(2) ? [first] : [first, 1 + random.below(LATE)]);
}

/** Each run has its own mix: what is rare among all operations meets often among few. */
function scripts(random: Random): readonly Script[] {
  const kinds: readonly Kind[] = ['open', 'go-on', 'go-on', ...random.some(KINDS)];
  return Array.from({ length: 2 + random.below(3) }, (_, at) => ({
    client: `client-${at}`,
    process: at % PROCESSES,
    kinds: Array.from({ length: 1 + random.below(7) }, () => random.pick(kinds)),
  }));
}
