import type { EventSignal } from './event-signal.js';
import type { EventStore } from './event-store.js';

interface Waiting {
  readonly isOver: () => boolean;
  readonly wake: () => void;
}

export interface FeedWatchOptions {
  /** Milliseconds between two looks while nothing is signalled. */
  readonly pollMilliseconds?: number;
}

const POLL_MILLISECONDS = 1_000;

/**
 * Knows for a whole process how far the feeds have come, so that a thousand followers cost one look. A signal makes it look
 * at once; without any it looks by the clock, and numbers what nobody else has numbered.
 */
export class FeedWatch {
  readonly #waiting = new Set<Waiting>();
  readonly #poll: number;
  #heads: ReadonlyMap<string, number> = new Map();
  #version = 0;
  #looking: Promise<void> | undefined;
  #again = false;
  #stopListening: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: Pick<EventStore, 'heads' | 'sequence'>,
    private readonly signal: EventSignal,
    options: FeedWatchOptions = {},
  ) {
    this.#poll = options.pollMilliseconds ?? POLL_MILLISECONDS;
  }

  /** Grows when any feed has moved. */
  get version(): number {
    return this.#version;
  }

  /** Waits until the feed of the fleet has come further than `beyond`, the time is over, or the signal aborts. */
  moved(fleet: string, beyond: number, milliseconds: number, signal: AbortSignal): Promise<void> {
    return this.#wait(() => (this.#heads.get(fleet) ?? 0) > beyond, milliseconds, signal);
  }

  /** The same until any feed has moved since this version. */
  changed(version: number, milliseconds: number, signal: AbortSignal): Promise<void> {
    return this.#wait(() => this.#version > version, milliseconds, signal);
  }

  /** Ends the listening and the looking. Who waits is left to its own time or signal. */
  stop(): void {
    this.#stopListening?.();
    this.#stopListening = undefined;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #wait(isOver: () => boolean, milliseconds: number, signal: AbortSignal): Promise<void> {
    this.#start();
    if (isOver() || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        this.#waiting.delete(waiting);
        resolve();
      };
      const waiting: Waiting = { isOver, wake };
      const timer = setTimeout(wake, milliseconds);
      signal.addEventListener('abort', wake, { once: true });
      this.#waiting.add(waiting);
    });
  }

  #start(): void {
    if (this.#timer !== undefined) return;
    this.#stopListening = this.signal.listen(() => this.#look());
    this.#timer = setInterval(() => this.#lookByTheClock(), this.#poll).unref();
    // Between the caller's own look and our listening something may have come.
    this.#look();
  }

  #lookByTheClock(): void {
    if (this.#waiting.size === 0) return;
    this.store.sequence().then(
      () => this.#look(),
      () => undefined,
    );
  }

  #look(): void {
    this.#again = true;
    this.#looking ??= this.#work().finally(() => {
      this.#looking = undefined;
    });
  }

  async #work(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      // A store that is away is asked again by the clock; who follows finds out by its own reading.
      this.#note(await this.store.heads().catch(() => this.#heads));
      for (const waiting of [...this.#waiting]) if (waiting.isOver()) waiting.wake();
    }
  }

  #note(heads: ReadonlyMap<string, number>): void {
    const hasMoved = [...heads].some(([fleet, head]) => this.#heads.get(fleet) !== head);
    this.#heads = heads;
    if (hasMoved) this.#version += 1;
  }
}
