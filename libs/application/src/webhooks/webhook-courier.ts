import type { Caller } from '../caller.js';
import type { Tx, UnitOfWork } from '../ports/unit-of-work.js';
import type { ClaimedDelivery, ClaimLimits, Outcome, Settlement } from './delivery-statements.js';
import { disableWebhook } from './disable-webhook.js';
import { RETRY_BASE_MILLISECONDS, retryAfter } from './retry-schedule.js';
import type { DisabledWhy } from './webhook.js';
import type { SentMessage, WebhookSender } from './webhook-sender.js';

export interface CourierSettings {
  /** The first wait after a failure; all others are multiples of it. */
  readonly retryBaseMilliseconds: number;
  /** A webhook is disabled when nothing has succeeded for so long. */
  readonly disableAfterMilliseconds: number;
  readonly limits: ClaimLimits;
}

const DAY_MILLISECONDS = 86_400_000;

export const COURIER_SETTINGS: CourierSettings = {
  retryBaseMilliseconds: RETRY_BASE_MILLISECONDS,
  disableAfterMilliseconds: 5 * DAY_MILLISECONDS,
  // The lease outlasts the longest sending: who is only slow is not doubled.
  limits: { most: 64, leaseMilliseconds: 20_000, perWebhook: 4, perFailing: 1, failing: 5 },
};

/** What waited for a receiver that is back comes spread over so long, and not all at once. */
const RECALL_MILLISECONDS = 5_000;
const GONE = 410;

export interface CourierReport {
  settled(claimed: ClaimedDelivery, sent: SentMessage, settlement: Settlement): void;
  disabled(claimed: ClaimedDelivery, why: DisabledWhy): void;
  broken(error: unknown): void;
}

/**
 * Takes deliveries that are due and sends them. Any number of couriers may be at it: the rows own the work, and what a
 * courier took with it when it died is taken by another when the lease is over. So each message comes at least once.
 */
export class WebhookCourier {
  readonly #under = new Map<AbortController, Promise<void>>();
  #stopped = false;
  #wake: () => void = () => undefined;
  #settled = new Promise<void>((resolve) => {
    this.#wake = resolve;
  });

  constructor(
    private readonly work: UnitOfWork,
    private readonly sender: WebhookSender,
    private readonly report: CourierReport,
    private readonly settings: CourierSettings = COURIER_SETTINGS,
  ) {}

  /** Takes what it has hands for and begins to send it; answers how many. */
  async round(): Promise<number> {
    const { limits } = this.settings;
    const most = limits.most - this.#under.size;
    if (most <= 0 || this.#stopped) return 0;
    const claimed = await this.work.run((tx) => tx.deliveries.claim({ ...limits, most }));
    for (const each of claimed) this.#begin(each);
    return claimed.length;
  }

  /** Resolves when the next sending has come to its end. */
  get settled(): Promise<void> {
    return this.#settled;
  }

  /** Cuts off what is under way and gives it back. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const cut of this.#under.keys()) cut.abort();
    await Promise.all(this.#under.values());
  }

  #begin(claimed: ClaimedDelivery): void {
    const cut = new AbortController();
    // One that was taken while we were asked to stop is given back as well.
    if (this.#stopped) cut.abort();
    const sending = this.#deliver(claimed, cut.signal)
      // Not known to be settled: the lease ends, and another tries.
      .catch((error: unknown) => this.report.broken(error))
      .finally(() => {
        this.#under.delete(cut);
        this.#wake();
        this.#settled = new Promise((resolve) => {
          this.#wake = resolve;
        });
      });
    this.#under.set(cut, sending);
  }

  async #deliver(claimed: ClaimedDelivery, cut: AbortSignal): Promise<void> {
    const sent = await this.#send(claimed, cut);
    if (sent === undefined) return this.work.run((tx) => tx.deliveries.release(claimed));
    const settlement = this.#settlementOf(claimed, sent.outcome);
    const disabled = await this.work.run((tx) => this.#settle(tx, claimed, sent, settlement));
    this.report.settled(claimed, sent, settlement);
    if (disabled !== undefined) this.report.disabled(claimed, disabled);
  }

  /** undefined: cut off by us. */
  async #send(claimed: ClaimedDelivery, cut: AbortSignal): Promise<SentMessage | undefined> {
    if (claimed.message.kind === 'lost') return { milliseconds: 0, outcome: { error: 'the event is no longer kept' } };
    try {
      return await this.sender.send(claimed, cut);
    } catch (error) {
      if (cut.aborted) return undefined;
      throw error;
    }
  }

  #settlementOf({ message, counted }: ClaimedDelivery, outcome: Outcome): Settlement {
    if (isSuccess(outcome)) return { kind: 'delivered' };
    if (message.kind !== 'event') return { kind: 'failed' };
    const afterMilliseconds = retryAfter(counted, this.settings.retryBaseMilliseconds, Math.random());
    return afterMilliseconds === undefined ? { kind: 'failed' } : { kind: 'retry', afterMilliseconds };
  }

  /** The webhook's row comes first, as for whoever claims; answers why the webhook was disabled, if it was. */
  async #settle(
    tx: Tx,
    claimed: ClaimedDelivery,
    sent: SentMessage,
    settlement: Settlement,
  ): Promise<DisabledWhy | undefined> {
    const { deliveries } = tx;
    const back = isSuccess(sent.outcome) && (await deliveries.succeeded(claimed, this.settings.limits.failing));
    const why = claimed.message.kind === 'event' ? await this.#whyDisabled(tx, claimed, sent) : undefined;
    await deliveries.settle(claimed, sent, settlement);
    if (back) await deliveries.recall(claimed, RECALL_MILLISECONDS);
    if (why === undefined) return undefined;
    const webhook = await tx.webhooks.lock(claimed.fleet, claimed.webhook);
    if (webhook?.state !== 'enabled') return undefined;
    await disableWebhook(tx, claimed.fleet, claimed.webhook, why);
    await tx.audit.write(courierOf(claimed), 'webhook.disable', claimed.webhook, { why });
    return why;
  }

  async #whyDisabled(tx: Tx, claimed: ClaimedDelivery, sent: SentMessage): Promise<DisabledWhy | undefined> {
    if (isSuccess(sent.outcome)) return undefined;
    const failing = await tx.deliveries.failed(claimed, sent.pauseMilliseconds ?? 0);
    if ('status' in sent.outcome && sent.outcome.status === GONE) return 'gone';
    return failing >= this.settings.disableAfterMilliseconds ? 'failing' : undefined;
  }
}

const isSuccess = (outcome: Outcome): boolean => 'status' in outcome && outcome.status >= 200 && outcome.status < 300;

/** Who acts when nobody asked: no key has this id. */
const courierOf = ({ fleet }: ClaimedDelivery): Caller => ({ fleet, keyId: 'berth', role: 'admin' });
