import { type Caller, EventFeed, type EventRecord, type FeedStep, type FollowOptions } from '@berth/application';
import type { Database } from '@berth/persistence';

/** Follows a feed in the background and keeps what it is told. */
export class EventFollower {
  readonly steps: FeedStep[] = [];
  readonly #stop = new AbortController();
  readonly #life: Promise<void>;

  constructor(database: Database, caller: Caller, options: Partial<FollowOptions> = {}) {
    const feed = new EventFeed(database.events, database.sequencer, database.feedWatch);
    this.#life = this.#live(
      feed.follow(caller, { after: 0, silenceMilliseconds: 60_000, ...options }, this.#stop.signal),
    );
  }

  get events(): EventRecord[] {
    return this.steps.flatMap((step) => (step.kind === 'events' ? step.items : []));
  }

  /** Resolves when the stream ended by itself, too. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#life;
  }

  get ended(): Promise<void> {
    return this.#life;
  }

  async #live(steps: AsyncGenerator<FeedStep>): Promise<void> {
    for await (const step of steps) this.steps.push(step);
  }
}

/** What is wrong with a feed as one reader had it: a gap, something twice, or a subject out of order by `data.n` of one writer. */
export function faultsOf(events: readonly EventRecord[], after = 0): string[] {
  const faults: string[] = [];
  const last = new Map<string, number>();
  const ids = new Set<string>();
  for (const [at, { id, sequence, subject, data }] of events.entries()) {
    if (sequence !== after + at + 1) faults.push(`place ${at} holds ${sequence}`);
    if (ids.has(id)) faults.push(`${id} twice`);
    ids.add(id);
    const line = `${subject} ${String(data['pid'] ?? '')}`;
    const n = Number(data['n'] ?? 0);
    if (n <= (last.get(line) ?? -1)) faults.push(`${line}: ${n} after ${last.get(line)}`);
    last.set(line, n);
  }
  return faults;
}
