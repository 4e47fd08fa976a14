import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { Caller, EventFeed, FeedStep, Keys } from '@berth/application';
import { printEvent, printSequence } from '@berth/contract';
import type { OnModuleDestroy } from '@nestjs/common';
import type { StreamQuery } from './stream-query.js';

export interface StreamSettings {
  /** Each stream is an open link, and holds what its reader has not taken yet. */
  readonly most: number;
  /** How long a stream is silent at most: a proxy on the way may cut a link on which nothing is said. */
  readonly silenceMilliseconds: number;
  /** For how long a reader may take nothing of what waits for it. */
  readonly patienceMilliseconds: number;
  /** How often the key is looked at again with which it was asked for. */
  readonly keyMilliseconds: number;
}

export const MOST_STREAMS = 200;

const STREAM_SETTINGS: StreamSettings = {
  most: MOST_STREAMS,
  silenceMilliseconds: 15_000,
  patienceMilliseconds: 15_000,
  keyMilliseconds: 15_000,
};

/** What a client waits before it asks again. */
const RETRY_MILLISECONDS = 2_000;

/** The feeds as server-sent events: as many streams as one process bears, each as long as its reader, its key and it last. */
export class EventStreams implements OnModuleDestroy {
  private readonly open = new Set<AbortController>();

  constructor(
    private readonly feed: EventFeed,
    private readonly keys: Keys,
    private readonly settings: StreamSettings = STREAM_SETTINGS,
  ) {}

  get full(): boolean {
    return this.open.size >= this.settings.most;
  }

  /** Open streams would keep the server from closing. */
  onModuleDestroy(): void {
    for (const stream of this.open) stream.abort();
  }

  /** What is to be sent on this response, until that is closed. */
  stream(caller: Caller, query: StreamQuery, response: ServerResponse): Readable {
    // Who left while the beginning was looked up is not heard leaving any more.
    if (response.closed) return Readable.from([]);
    const stream = new AbortController();
    this.open.add(stream);
    response.once('close', () => {
      this.open.delete(stream);
      stream.abort();
    });
    return Readable.from(this.unlessStuck(this.frames(caller, query, stream.signal), response));
  }

  private async *frames(
    caller: Caller,
    query: StreamQuery,
    signal: AbortSignal,
  ): AsyncGenerator<string, void, undefined> {
    const { silenceMilliseconds, keyMilliseconds } = this.settings;
    // The place at once, so that who is cut off before the first event need not begin anew.
    yield `retry: ${RETRY_MILLISECONDS}\nid: ${printSequence(query.after)}\n: following\n\n`;
    let asked = performance.now();
    for await (const step of this.feed.follow(caller, { ...query, silenceMilliseconds }, signal)) {
      yield frameOf(step);
      if (step.kind === 'events-gone') return;
      if (performance.now() - asked < keyMilliseconds) continue;
      asked = performance.now();
      // A store that is away is no reason to believe that the key was revoked.
      if (!(await this.keys.isLive(caller).catch(() => true))) return;
    }
  }

  /** Ends the link of a reader that takes nothing: whoever waits at a `yield` waits for the reader. */
  private async *unlessStuck(
    frames: AsyncIterable<string>,
    response: ServerResponse,
  ): AsyncGenerator<string, void, undefined> {
    for await (const frame of frames) {
      const timer = setTimeout(() => response.destroy(), this.settings.patienceMilliseconds);
      try {
        yield frame;
      } finally {
        clearTimeout(timer);
      }
    }
  }
}

function frameOf(step: FeedStep): string {
  if (step.kind === 'events-gone') return ': no longer kept\n\n';
  // Without data it is no event, but moves the place to which the reader comes back.
  if (step.kind === 'quiet') return `id: ${printSequence(step.through)}\n: still there\n\n`;
  return step.items
    .map((event) => `id: ${printSequence(event.sequence)}\ndata: ${JSON.stringify(printEvent(event))}\n\n`)
    .join('');
}
