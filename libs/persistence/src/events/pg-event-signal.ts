import type { EventSignal } from '@berth/application';
import pg from 'pg';

export interface EventSignalOptions {
  readonly url: string;
  /** Told when the link is lost, once each time. */
  readonly onLost?: ((error: Error) => void) | undefined;
  /** How often the link is asked whether it still lives, and how long it may take to say so. */
  readonly heartbeatMilliseconds?: number | undefined;
  readonly answerMilliseconds?: number | undefined;
}

const HEARTBEAT_MILLISECONDS = 10_000;
const ANSWER_MILLISECONDS = 5_000;
const RETRY_MILLISECONDS = 1_000;

/**
 * Hears of numbered events by LISTEN, on a connection of its own. A link that went silent says nothing, and nothing is what
 * a quiet feed says too: so it is asked, and opened again when it does not answer.
 */
export class PgEventSignal implements EventSignal {
  constructor(private readonly options: EventSignalOptions) {}

  listen(onMoved: () => void): () => void {
    const listening = new Listening(this.options, onMoved);
    return () => listening.stop();
  }
}

class Listening {
  #client: pg.Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(
    private readonly options: EventSignalOptions,
    private readonly onMoved: () => void,
  ) {
    void this.#open();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    const client = this.#client;
    this.#client = undefined;
    client?.connection.stream.destroy();
  }

  async #open(): Promise<void> {
    const answer = this.options.answerMilliseconds ?? ANSWER_MILLISECONDS;
    const client = new pg.Client({
      connectionString: this.options.url,
      application_name: 'berth events',
      connectionTimeoutMillis: answer,
      query_timeout: answer,
      keepAlive: true,
    });
    this.#client = client;
    client.on('error', (error) => this.#lost(client, error));
    client.on('end', () => this.#lost(client, new Error('the link was closed')));
    client.on('notification', () => this.onMoved());
    try {
      await client.connect();
      await client.query('LISTEN berth_event');
      // What came while nobody listened was not heard.
      this.onMoved();
      this.#beat(client);
    } catch (error) {
      this.#lost(client, error);
    }
  }

  #beat(client: pg.Client): void {
    if (this.#client !== client) return;
    this.#timer = setTimeout(() => {
      client.query('SELECT 1').then(
        () => this.#beat(client),
        (error) => this.#lost(client, error),
      );
    }, this.options.heartbeatMilliseconds ?? HEARTBEAT_MILLISECONDS).unref();
  }

  #lost(client: pg.Client, error: unknown): void {
    if (this.#client !== client || this.#stopped) return;
    this.#client = undefined;
    clearTimeout(this.#timer);
    // Not `end()`, which would wait for an answer from a link that gives none.
    client.connection.stream.destroy();
    this.options.onLost?.(error instanceof Error ? error : new Error(String(error)));
    this.#timer = setTimeout(() => void this.#open(), RETRY_MILLISECONDS).unref();
  }
}
