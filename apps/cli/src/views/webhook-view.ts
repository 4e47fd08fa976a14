import type { WebhookDeliveryRead, WebhookRead } from '../api-types.js';
import type { Style } from '../style.js';
import { shortType } from './event-view.js';
import { pairLines } from './pairs.js';

export function webhookCells(webhook: WebhookRead): readonly string[] {
  return [webhook.id, stateWords(webhook), `${webhook.pending}`, webhook.failingSince ?? '-', webhook.url];
}

export function webhookLines(style: Style, webhook: WebhookRead): readonly string[] {
  const { types } = webhook;
  const pairs: [string, string][] = [
    ['url', webhook.url],
    ['about', webhook.description ?? ''],
    ['types', types.length === 0 ? 'all' : types.map(shortType).join(', ')],
    ['pending', `${webhook.pending}`],
    ['through', webhook.through],
    ['failing', webhook.failingSince === null ? '' : `since ${webhook.failingSince}`],
    ['old secret', webhook.oldSecretUntil === null ? '' : `signs until ${webhook.oldSecretUntil}`],
    ['made', webhook.createdAt],
  ];
  return [[webhook.id, stateWords(webhook)].join(style.laidOut ? '  ' : '\t'), ...pairLines(style, pairs)];
}

function stateWords({ state, disabledWhy }: WebhookRead): string {
  return disabledWhy === null ? state : `${state} (${disabledWhy})`;
}

export function deliveryCells(delivery: WebhookDeliveryRead): readonly string[] {
  const { id, state, kind, type, subject, attempts, nextAt } = delivery;
  return [id, state, kind, shortType(type), subject, `${attempts.length}`, attemptWords(delivery), nextAt ?? '-'];
}

/** How the last attempt went. */
export function attemptWords({ attempts }: WebhookDeliveryRead): string {
  const last = attempts.at(-1);
  if (last === undefined) return 'not tried yet';
  return `${last.status ?? last.error ?? '?'} in ${last.milliseconds} ms`;
}
