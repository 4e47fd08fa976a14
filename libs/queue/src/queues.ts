import type { JobSender } from '@berth/application';
import { BullSender, type QueueDepth } from './bull-sender.js';
import { type ConsumeOptions, Consumer, type Handler } from './consumer.js';
import type { LetterBox } from './letter-box.js';
import type { QueueName } from './payloads.js';
import { QUEUE_NAMES } from './payloads.js';
import { postgresTransport } from './postgres-transport.js';
import { redisTransport } from './redis-transport.js';
import { SETTINGS } from './settings.js';
import type { Report, Transport, TransportKind } from './transport.js';

export interface QueueOptions {
  readonly databaseUrl: string;
  /** Absent: the queues live on Postgres. */
  readonly redisUrl?: string | undefined;
  /** Hears of what goes wrong away from any caller. */
  readonly report?: Report | undefined;
  /** Where the jobs are kept that nobody will do; without it they stay in the transport. */
  readonly letters?: LetterBox | undefined;
}

export type QueueReadiness = { readonly kind: 'ready' } | { readonly kind: 'not-ready'; readonly why: string };

/** All queues of one process. Opening makes no link yet: the first use does. */
export class Queues {
  readonly #transport: Transport;
  readonly #report: Report;
  readonly #sender: BullSender;
  readonly #letters: LetterBox | undefined;
  readonly #consumers = new Set<{ close(): Promise<void> }>();

  constructor(transport: Transport, report: Report, letters?: LetterBox) {
    this.#transport = transport;
    this.#report = report;
    this.#letters = letters;
    this.#sender = new BullSender(transport, report);
  }

  get transport(): TransportKind {
    return this.#transport.kind;
  }

  get sender(): JobSender {
    return this.#sender;
  }

  consume<Q extends QueueName>(queue: Q, handler: Handler<Q>, options: ConsumeOptions): Consumer<Q> {
    const consumer = new Consumer(this.#transport, this.#report, queue, handler, {
      ...options,
      letters: this.#letters,
    });
    this.#consumers.add(consumer);
    return consumer;
  }

  /** Would a job sent now be taken, and kept? Names the cause when not. */
  async ready(): Promise<QueueReadiness> {
    try {
      const why = await this.#transport.unsafe();
      if (why !== undefined) return { kind: 'not-ready', why };
      await this.depths();
      return { kind: 'ready' };
    } catch (error) {
      return { kind: 'not-ready', why: causesOf(error) };
    }
  }

  /** How many jobs each queue holds, by state. */
  async depths(): Promise<ReadonlyMap<QueueName, QueueDepth>> {
    const asked = QUEUE_NAMES.map(async (name) => [name, await this.#sender.depth(name)] as const);
    // To the last one: a link that is still failing when we answer would fail whoever sends next.
    await Promise.allSettled(asked);
    return new Map(await Promise.all(asked));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#consumers].map((consumer) => consumer.close()));
    await this.#sender.close();
  }
}

export function openQueues(options: QueueOptions): Queues {
  const report = calm(options.report ?? (() => undefined));
  const transport =
    options.redisUrl === undefined ? postgresTransport(options.databaseUrl) : redisTransport(options.redisUrl, report);
  return new Queues(transport, report, options.letters);
}

/** An absent server is the same fault several times a second. */
function calm(report: Report): Report {
  const heard = new Map<string, number>();
  return (fault) => {
    const now = performance.now();
    const key = `${fault.queue} ${fault.job ?? ''} ${fault.error.message}`;
    if (now - (heard.get(key) ?? Number.NEGATIVE_INFINITY) < SETTINGS.sameFault) return;
    if (heard.size > 1000) heard.clear();
    heard.set(key, now);
    report(fault);
  };
}

function causesOf(error: unknown): string {
  const said: string[] = [];
  for (let at = error; at instanceof Error; at = at.cause) said.push(at.message);
  return said.length === 0 ? String(error) : said.join(': ');
}
