import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';

const POLL_MILLISECONDS = 300;
const SILENCE_MILLISECONDS = 15_000;

/** What is watched: as it prints, and whether nothing more will come. */
export interface Seen {
  readonly json: unknown;
  readonly ended: boolean;
}

/** Server-sent events by looking again: whoever works on a sweep need not know who watches it. */
@Injectable()
export class SweepWatch implements OnModuleDestroy {
  private readonly ending = new AbortController();

  /** Open streams would keep the server from closing. */
  onModuleDestroy(): void {
    this.ending.abort();
  }

  async *events(first: Seen, look: () => Promise<Seen>): AsyncGenerator<string, void, undefined> {
    let told = '';
    let spokeAt = performance.now();
    for (let seen = first; !this.ending.signal.aborted; seen = await look()) {
      const data = JSON.stringify(seen.json);
      if (data !== told) {
        yield `event: progress\ndata: ${data}\n\n`;
        told = data;
        spokeAt = performance.now();
      } else if (performance.now() - spokeAt > SILENCE_MILLISECONDS) {
        // a proxy on the way may cut a link on which nothing is said
        yield ': still there\n\n';
        spokeAt = performance.now();
      }
      if (seen.ended) {
        yield `event: done\ndata: ${data}\n\n`;
        return;
      }
      await this.pause();
    }
  }

  private async pause(): Promise<void> {
    await sleep(POLL_MILLISECONDS, undefined, { signal: this.ending.signal }).catch(() => undefined);
  }
}
