import {
  AddressGuard,
  COURIER_SETTINGS,
  type CourierSettings,
  type DeliveryRecord,
  type Resolve,
  type SentMessage,
  type WebhookCourier,
  WebhookCouriers,
  type WebhookRecord,
  Webhooks,
} from '@berth/application';
import { HttpWebhookSender } from '../../apps/worker/src/webhooks/http-webhook-sender.js';
import type { TestCertificate } from './certificate.js';
import { fingerprint, minutesAgo, openFleet, type TestFleet } from './fleet.js';
import { WebhookReceiver } from './webhook-receiver.js';

export interface LabOptions {
  readonly allowPrivate?: boolean;
  readonly resolve?: Resolve;
  readonly timeoutMilliseconds?: number;
  readonly ca?: string;
  readonly settings?: Partial<CourierSettings>;
}

/** Webhooks on a database of their own, couriers that send their messages, and receivers. */
export class WebhookLab {
  readonly sent: SentMessage[] = [];
  readonly broken: unknown[] = [];
  readonly #receivers: WebhookReceiver[] = [];
  readonly #couriers: { readonly courier: WebhookCourier; readonly end: () => Promise<void> }[] = [];
  #revision = 0;

  private constructor(
    readonly fleet: TestFleet,
    readonly webhooks: Webhooks,
    readonly guard: AddressGuard,
    private readonly options: LabOptions,
  ) {}

  static async open(options: LabOptions = {}): Promise<WebhookLab> {
    const fleet = await openFleet();
    const { allowPrivate = true, resolve } = options;
    const guard = new AddressGuard({ allowPrivate, resolve });
    return new WebhookLab(fleet, new Webhooks(fleet.database.work, fleet.database.webhooks, guard), guard, options);
  }

  /** A courier that does nothing by itself. */
  courier(settings: Partial<CourierSettings> = {}): WebhookCourier {
    const { work } = this.fleet.database;
    const couriers = new WebhookCouriers(work, {
      ...COURIER_SETTINGS,
      retryBaseMilliseconds: 20,
      ...this.options.settings,
      ...settings,
    });
    const { timeoutMilliseconds = 2_000, ca } = this.options;
    const sender = new HttpWebhookSender(this.guard, { timeoutMilliseconds, ...(ca === undefined ? {} : { ca }) });
    return couriers.courier(sender, {
      settled: (_, sent) => void this.sent.push(sent),
      disabled: () => undefined,
      broken: (error) => void this.broken.push(error),
    });
  }

  /** A courier at work, as in a worker's process. */
  work(settings: Partial<CourierSettings> = {}): WebhookCourier {
    const courier = this.courier(settings);
    let stopped = false;
    let waiting = new AbortController();
    const { feedWatch } = this.fleet.database;
    const live = async (): Promise<void> => {
      while (!stopped) {
        const { version } = feedWatch;
        const { settled } = courier;
        if ((await courier.round()) > 0) continue;
        waiting = new AbortController();
        await Promise.race([feedWatch.changed(version, 50, waiting.signal), settled]);
        waiting.abort();
      }
    };
    const life = live();
    const end = async (): Promise<void> => {
      stopped = true;
      waiting.abort();
      await Promise.all([life, courier.stop()]);
    };
    this.#couriers.push({ courier, end });
    return courier;
  }

  async receiver(tls?: TestCertificate, host?: string): Promise<WebhookReceiver> {
    const receiver = await WebhookReceiver.start(tls, host);
    this.#receivers.push(receiver);
    return receiver;
  }

  /** A receiver and a webhook that leads to it. */
  async hooked(
    types: WebhookRecord['types'] = [],
    at?: WebhookReceiver,
  ): Promise<{ receiver: WebhookReceiver; id: string }> {
    const receiver = at ?? (await this.receiver());
    const made = await this.webhooks.create(this.fleet.operator, { url: receiver.url, types });
    if (made.kind !== 'made') throw new Error(made.why);
    receiver.secret = made.secret;
    return { receiver, id: made.webhook.id };
  }

  async get(id: string): Promise<WebhookRecord> {
    const found = await this.webhooks.get(this.fleet.operator, id);
    if (found.kind !== 'found') throw new Error(found.kind);
    return found.webhook;
  }

  /** Newest first. */
  async deliveries(id: string): Promise<readonly DeliveryRecord[]> {
    const found = await this.webhooks.deliveries(this.fleet.operator, id, { limit: 1000 });
    if (found.kind !== 'listed') throw new Error(found.kind);
    return found.items;
  }

  /** Something happens to this host: an event. */
  async happen(host: string): Promise<void> {
    this.#revision += 1;
    const sent = fingerprint(minutesAgo(100_000 - this.#revision), {
      kernel: { release: `6.18.${this.#revision}`, pageSize: 4096 },
    });
    const registered = await this.fleet.registerFingerprint.run(this.fleet.operator, host, sent);
    if (registered.kind !== 'registered') throw new Error(registered.kind);
  }

  async sql(text: string, values: readonly unknown[] = []): Promise<readonly Record<string, unknown>[]> {
    return (await this.fleet.database.pool.query(text, [...values])).rows;
  }

  async close(): Promise<void> {
    for (const { end } of this.#couriers) await end();
    for (const receiver of this.#receivers) await receiver.stop();
    await this.fleet.close();
  }
}
