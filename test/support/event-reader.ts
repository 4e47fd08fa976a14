import { createParser } from 'eventsource-parser';

export interface CloudEventRead {
  readonly id: string;
  readonly sequence: string;
  readonly type: string;
  readonly subject: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface ReaderOptions {
  readonly url: string;
  readonly key: string | undefined;
  readonly query?: string;
  /** Where to go on, as a client says that lost its stream. */
  readonly lastEventId?: string | undefined;
}

/** One stream of server-sent events, read by an independent parser until it ends or is left. */
export class EventReader {
  readonly events: CloudEventRead[] = [];
  /** The `id` lines, those without an event among them. */
  readonly comments: string[] = [];
  ended = false;
  lastId: string | undefined;
  readonly #leave = new AbortController();
  readonly #life: Promise<void>;

  private constructor(readonly response: Response) {
    this.#life = this.#read().finally(() => {
      this.ended = true;
    });
  }

  static async open({ url, key, query = '', lastEventId }: ReaderOptions): Promise<EventReader> {
    const leave = new AbortController();
    const response = await fetch(`${url}/v1/events${query}`, {
      headers: {
        accept: 'text/event-stream',
        authorization: `Bearer ${key}`,
        ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
      },
      signal: leave.signal,
    });
    const reader = new EventReader(response);
    reader.#leave.signal.addEventListener('abort', () => leave.abort());
    return reader;
  }

  /** Drops the link, as a client does that goes away. */
  async leave(): Promise<void> {
    this.#leave.abort();
    await this.#life;
  }

  get end(): Promise<void> {
    return this.#life;
  }

  async #read(): Promise<void> {
    const parser = createParser({
      onEvent: ({ id, data }) => {
        this.lastId = id;
        this.events.push(JSON.parse(data));
      },
      onComment: (comment) => this.comments.push(comment),
    });
    const decoder = new TextDecoder();
    try {
      for await (const chunk of this.response.body ?? []) parser.feed(decoder.decode(chunk, { stream: true }));
    } catch {
      // left, or cut: what came is there
    }
  }
}

/** Reads on and on, through any number of cuts, as a client does that remembers the last event it had. */
export class PersistentReader {
  readonly events: CloudEventRead[] = [];
  opened = 0;
  #stopped = false;
  #current: EventReader | undefined;
  readonly #life: Promise<void>;

  constructor(
    private readonly options: ReaderOptions,
    /** Which of several servers to ask next. */
    private readonly urls: readonly string[] = [options.url],
  ) {
    this.#life = this.#live();
  }

  /** Cuts the stream that is open; the reader comes back by itself. */
  async cut(): Promise<void> {
    await this.#current?.leave();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#current?.leave();
    await this.#life;
  }

  async #live(): Promise<void> {
    while (!this.#stopped) {
      const url = this.urls[this.opened % this.urls.length] ?? this.options.url;
      this.opened += 1;
      const reader = await EventReader.open({ ...this.options, url, lastEventId: this.events.at(-1)?.sequence }).catch(
        () => undefined,
      );
      if (reader === undefined || !reader.response.ok) await new Promise((resolve) => setTimeout(resolve, 50));
      if (reader === undefined) continue;
      this.#current = reader;
      if (this.#stopped) await reader.leave();
      await reader.end;
      this.events.push(...reader.events);
    }
  }
}

/** What is wrong with what a reader had: a gap, something twice, or something out of order. */
export function gapsOf(events: readonly CloudEventRead[], after: number): string[] {
  const ids = new Set(events.map(({ id }) => id));
  const twice = ids.size === events.length ? [] : [`${events.length - ids.size} twice`];
  const misplaced = events.filter(({ sequence }, at) => Number(sequence) !== after + at + 1);
  return [...twice, ...misplaced.slice(0, 3).map(({ sequence }) => `out of place: ${sequence}`)];
}
