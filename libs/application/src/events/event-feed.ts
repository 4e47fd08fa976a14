import type { Caller } from '../caller.js';
import { cursorOf, isSequenceKey, placeOf } from '../cursor.js';
import type { CursorInvalid } from '../page.js';
import { Unavailable } from '../unavailable.js';
import type { EventSequencer } from './event-sequencer.js';
import type { EventFilter, EventPlace, EventRecord, EventSlice, EventStore } from './event-store.js';
import type { FeedWatch } from './feed-watch.js';

export interface EventQuery extends EventFilter {
  readonly limit: number;
  /** The page goes on after this event; without it, from the oldest that is kept. */
  readonly after?: EventPlace | undefined;
  readonly cursor?: string | undefined;
}

export interface EventPage {
  readonly kind: 'listed';
  readonly items: readonly EventRecord[];
  /** Up to this sequence the page holds every event that was asked for. */
  readonly through: number;
  /** Absent when `through` is the end of the feed. */
  readonly nextCursor?: string;
}

/** The events after this place are not all kept, or the feed has never come so far. */
export interface EventsGone {
  readonly kind: 'events-gone';
  readonly after: number;
  /** The place of the oldest event that is kept, and the newest. */
  readonly purged: number;
  readonly head: number;
}

export type FeedStep =
  | { readonly kind: 'events'; readonly items: readonly EventRecord[]; readonly through: number }
  /** Nothing came for a while; the place may have moved over events that were not asked for. */
  | { readonly kind: 'quiet'; readonly through: number }
  | EventsGone;

export interface FollowOptions extends EventFilter {
  readonly after: number;
  /** How long to be silent at most. */
  readonly silenceMilliseconds: number;
}

const LIST = 'events';
const STEP = 500;
const AWAY_MILLISECONDS = 1_000;
const PURGES_AT_ONCE = 50;

/** What happened in a fleet, in the order in which it is to be taken, without gaps, to those who come back for more. */
export class EventFeed {
  constructor(
    private readonly store: EventStore,
    private readonly sequencer: EventSequencer,
    private readonly watch: FeedWatch,
  ) {}

  /** Holds what was committed before the call. */
  async page(caller: Caller, query: EventQuery): Promise<EventPage | EventsGone | CursorInvalid> {
    const place = placeOf(LIST, query.cursor, isSequenceKey);
    if (place.kind === 'cursor-invalid') return place;
    const after = place.after === '' ? (query.after ?? 'oldest') : Number(place.after);
    await this.sequencer.drain();
    const slice = await this.store.slice(caller.fleet, after, query, query.limit);
    if (isGone(slice)) return goneOf(slice);
    const { events: items, through, head } = slice;
    const more = through < head ? { nextCursor: cursorOf(LIST, String(through)) } : {};
    return { kind: 'listed', items, through, ...more };
  }

  /** Where a stream begins that asks for what comes after this place. */
  async begin(
    caller: Caller,
    after: EventPlace,
  ): Promise<{ readonly kind: 'begun'; readonly after: number } | EventsGone> {
    await this.sequencer.drain();
    const slice = await this.store.slice(caller.fleet, after, {}, 1);
    return isGone(slice) ? goneOf(slice) : { kind: 'begun', after: slice.after };
  }

  /**
   * Goes on until the signal aborts, or until the follower has fallen behind what is kept. While the store is away it is
   * silent, and goes on where it was.
   */
  async *follow(
    caller: Caller,
    options: FollowOptions,
    signal: AbortSignal,
  ): AsyncGenerator<FeedStep, void, undefined> {
    let { after } = options;
    let spoken = performance.now();
    while (!signal.aborted) {
      const slice = await this.look(caller.fleet, after, options);
      const step = slice === undefined ? undefined : stepOf(slice);
      after = slice?.through ?? after;
      const silence = options.silenceMilliseconds - (performance.now() - spoken);
      if (step === undefined && silence > 0) {
        await this.more(caller.fleet, slice, silence, signal);
        continue;
      }
      yield step ?? { kind: 'quiet', through: after };
      if (step?.kind === 'events-gone') return;
      spoken = performance.now();
    }
  }

  /** Waits until it is worth looking again: at once where the look did not reach the head. */
  private async more(
    fleet: string,
    slice: EventSlice | undefined,
    silence: number,
    signal: AbortSignal,
  ): Promise<void> {
    if (slice === undefined) await this.watch.moved(fleet, Infinity, Math.min(silence, AWAY_MILLISECONDS), signal);
    else if (slice.head <= slice.through) await this.watch.moved(fleet, slice.through, silence, signal);
  }

  private async look(fleet: string, after: number, filter: EventFilter): Promise<EventSlice | undefined> {
    try {
      return await this.store.slice(fleet, after, filter, STEP);
    } catch (error) {
      if (error instanceof Unavailable) return undefined;
      throw error;
    }
  }

  /** Forgets what is older. Who comes back for it is told. */
  async purge(olderThanMilliseconds: number): Promise<void> {
    for (let round = 0; round < PURGES_AT_ONCE; round += 1)
      if ((await this.store.purge(olderThanMilliseconds)) === 0) return;
  }
}

/** What a follower is to be told of a look, if anything. */
function stepOf(slice: EventSlice): FeedStep | undefined {
  if (isGone(slice)) return goneOf(slice);
  return slice.events.length > 0 ? { kind: 'events', items: slice.events, through: slice.through } : undefined;
}

const isGone = ({ after, purged, head }: EventSlice): boolean => after < purged || after > head;
const goneOf = ({ after, purged, head }: EventSlice): EventsGone => ({ kind: 'events-gone', after, purged, head });
