import type { Caller } from '../caller.js';
import { isSequenceKey, pageOf } from '../cursor.js';
import type { EventType } from '../events/event-statements.js';
import { isId, newId } from '../new-id.js';
import type { CursorInvalid, Listed, Page } from '../page.js';
import type { Tx, UnitOfWork } from '../ports/unit-of-work.js';
import type { AddressGuard } from './address-guard.js';
import { disableWebhook } from './disable-webhook.js';
import { newWebhookSecret, printWebhookSecret } from './signature.js';
import type { DeliveryRecord, DeliveryState, WebhookRecord } from './webhook.js';
import type { EventRange, WebhookChange } from './webhook-statements.js';
import type { WebhookReads } from './webhook-store.js';

export interface WebhookRequest {
  readonly url: string;
  /** Empty for all. */
  readonly types: readonly EventType[];
  readonly description?: string | undefined;
}

export interface WebhookPatch extends WebhookChange {
  readonly state?: 'enabled' | 'disabled' | undefined;
}

/** What is to be sent again: one event, or those of a stretch of the feed. */
export type EventReplay =
  | { readonly event: string }
  | { readonly after: number; readonly through?: number | undefined };

export interface WebhookUnknown {
  readonly kind: 'webhook-unknown';
}
export interface AddressRefused {
  readonly kind: 'address-refused';
  readonly why: string;
}
export interface WebhookDisabled {
  readonly kind: 'webhook-disabled';
}
export interface WebhookFound {
  readonly kind: 'found';
  readonly webhook: WebhookRecord;
}
/** The secret is shown this once. */
export interface WebhookWithSecret {
  readonly kind: 'made';
  readonly webhook: WebhookRecord;
  readonly secret: string;
}
export interface DeliveryFound {
  readonly kind: 'found';
  readonly delivery: DeliveryRecord;
}

export type Replayed =
  | { readonly kind: 'replaying'; readonly queued: number; readonly through: number | undefined }
  | { readonly kind: 'event-unknown'; readonly event: string }
  | WebhookDisabled
  | WebhookUnknown;

/** As many as one statement writes well; who wants more asks again from where the answer says. */
const MOST_REPLAYED = 10_000;
const UNKNOWN: WebhookUnknown = { kind: 'webhook-unknown' };

/** Who is told of events, where, and what became of each message. */
export class Webhooks {
  constructor(
    private readonly work: UnitOfWork,
    private readonly webhooks: WebhookReads,
    private readonly guard: AddressGuard,
  ) {}

  async create(caller: Caller, request: WebhookRequest): Promise<WebhookWithSecret | AddressRefused> {
    const refused = await this.refusalOf(request.url);
    if (refused !== undefined) return refused;
    const { url, types, description } = request;
    const [id, secret] = [newId(), newWebhookSecret()];
    await this.work.run(async (tx) => {
      await tx.webhooks.insert(caller.fleet, { id, url, types, description, secret });
      await tx.audit.write(caller, 'webhook.create', id, { origin: new URL(url).origin, types });
    });
    return this.withSecret(caller, id, secret);
  }

  async get(caller: Caller, id: string): Promise<WebhookFound | WebhookUnknown> {
    const webhook = await this.webhooks.find(caller.fleet, id);
    return webhook === undefined ? UNKNOWN : { kind: 'found', webhook };
  }

  list(caller: Caller, page: Page): Promise<Listed<WebhookRecord> | CursorInvalid> {
    return pageOf(
      'webhooks',
      page,
      (row) => row.id,
      (after, limit) => this.webhooks.page(caller.fleet, after, limit),
      isId,
    );
  }

  async patch(
    caller: Caller,
    id: string,
    patch: WebhookPatch,
  ): Promise<WebhookFound | AddressRefused | WebhookUnknown> {
    const { state, ...change } = patch;
    const refused = change.url === undefined ? undefined : await this.refusalOf(change.url);
    if (refused !== undefined) return refused;
    const known = await this.locked(caller, id, async (tx, was) => {
      await tx.webhooks.change(caller.fleet, id, change);
      const { url, ...said } = patch;
      const origin = url === undefined ? {} : { origin: new URL(url).origin };
      await tx.audit.write(caller, 'webhook.patch', id, { ...said, ...origin });
      if (state === 'enabled') await tx.webhooks.enable(caller.fleet, id);
      if (state === 'disabled' && was.state === 'enabled') await disableWebhook(tx, caller.fleet, id, 'asked');
      return true;
    });
    return known === undefined ? UNKNOWN : this.get(caller, id);
  }

  async remove(caller: Caller, id: string): Promise<{ readonly kind: 'removed' } | WebhookUnknown> {
    const removed = await this.locked(caller, id, async (tx) => {
      await tx.webhooks.remove(caller.fleet, id);
      await tx.audit.write(caller, 'webhook.remove', id, {});
      return { kind: 'removed' } as const;
    });
    return removed ?? UNKNOWN;
  }

  /** A new secret; the one before it signs too for so long. */
  async rotate(caller: Caller, id: string, overlapMilliseconds: number): Promise<WebhookWithSecret | WebhookUnknown> {
    const secret = newWebhookSecret();
    const known = await this.locked(caller, id, async (tx) => {
      await tx.webhooks.rotate(caller.fleet, id, secret, overlapMilliseconds);
      await tx.audit.write(caller, 'webhook.rotate', id, { overlapMilliseconds });
      return true;
    });
    return known === undefined ? UNKNOWN : this.withSecret(caller, id, secret);
  }

  /** Sends a message of no event, by the way that all of them take, once. A disabled webhook can be tried too. */
  async test(caller: Caller, id: string): Promise<DeliveryFound | WebhookUnknown> {
    const number = await this.locked(caller, id, async (tx) => {
      await tx.audit.write(caller, 'webhook.test', id, {});
      return tx.webhooks.test(caller.fleet, id);
    });
    const delivery = number === undefined ? undefined : await this.webhooks.delivery(caller.fleet, id, number);
    return delivery === undefined ? UNKNOWN : { kind: 'found', delivery };
  }

  async replay(caller: Caller, id: string, request: EventReplay): Promise<Replayed> {
    const replayed = await this.locked(caller, id, async (tx, { state }): Promise<Replayed> => {
      if (state === 'disabled') return { kind: 'webhook-disabled' };
      const answer = await replay(tx, caller.fleet, id, request);
      if (answer.kind === 'replaying')
        await tx.audit.write(caller, 'webhook.replay', id, { ...request, queued: answer.queued });
      return answer;
    });
    return replayed ?? UNKNOWN;
  }

  async deliveries(
    caller: Caller,
    id: string,
    query: Page & { readonly state?: DeliveryState | undefined },
  ): Promise<Listed<DeliveryRecord> | CursorInvalid | WebhookUnknown> {
    if ((await this.webhooks.find(caller.fleet, id)) === undefined) return UNKNOWN;
    return pageOf(
      `deliveries:${id}`,
      query,
      (row) => String(row.number),
      (before, limit) =>
        this.webhooks.deliveries(
          caller.fleet,
          id,
          query.state,
          before === '' ? Number.MAX_SAFE_INTEGER : Number(before),
          limit,
        ),
      isSequenceKey,
    );
  }

  async delivery(
    caller: Caller,
    id: string,
    number: number,
  ): Promise<DeliveryFound | WebhookUnknown | { readonly kind: 'delivery-unknown' }> {
    if ((await this.webhooks.find(caller.fleet, id)) === undefined) return UNKNOWN;
    const delivery = await this.webhooks.delivery(caller.fleet, id, number);
    return delivery === undefined ? { kind: 'delivery-unknown' } : { kind: 'found', delivery };
  }

  /** Also by what its name means today, so that a mistake is heard of at once; each message is looked at again. */
  private async refusalOf(url: string): Promise<AddressRefused | undefined> {
    const checked = await this.guard.check(url);
    return checked.kind === 'refused' ? { kind: 'address-refused', why: checked.why } : undefined;
  }

  private async withSecret(caller: Caller, id: string, secret: Uint8Array): Promise<WebhookWithSecret> {
    const webhook = await this.webhooks.find(caller.fleet, id);
    if (webhook === undefined) throw new Error(`webhook \`${id}\` went away while it was made`);
    return { kind: 'made', webhook, secret: printWebhookSecret(secret) };
  }

  private locked<T>(
    caller: Caller,
    id: string,
    work: (tx: Tx, webhook: { readonly state: 'enabled' | 'disabled' }) => Promise<T>,
  ): Promise<T | undefined> {
    return this.work.run(async (tx) => {
      const webhook = await tx.webhooks.lock(caller.fleet, id);
      return webhook === undefined ? undefined : work(tx, webhook);
    });
  }
}

async function replay(tx: Tx, fleet: string, id: string, request: EventReplay): Promise<Replayed> {
  if ('event' in request) {
    const number = await tx.webhooks.replayEvent(fleet, id, request.event);
    if (number === undefined) return { kind: 'event-unknown', event: request.event };
    return { kind: 'replaying', queued: 1, through: undefined };
  }
  const range: EventRange = { after: request.after, through: request.through ?? Number.MAX_SAFE_INTEGER };
  const { queued, through } = await tx.webhooks.replayRange(fleet, id, range, MOST_REPLAYED);
  return { kind: 'replaying', queued, through };
}
