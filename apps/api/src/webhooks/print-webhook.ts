import type { DeliveryRecord, WebhookRecord } from '@berth/application';
import { cloudEventType, printSequence } from '@berth/contract';

export function printWebhook(webhook: WebhookRecord): object {
  return {
    id: webhook.id,
    url: webhook.url,
    types: webhook.types.map(cloudEventType),
    description: webhook.description ?? null,
    state: webhook.state,
    disabledWhy: webhook.disabledWhy ?? null,
    through: printSequence(webhook.through),
    pending: webhook.pending,
    failingSince: webhook.failingSince?.toISOString() ?? null,
    oldSecretUntil: webhook.oldSecretUntil?.toISOString() ?? null,
    createdAt: webhook.createdAt.toISOString(),
  };
}

export function printDelivery(delivery: DeliveryRecord): object {
  const { number, kind, event, type, subject, state, nextAt, createdAt, finishedAt, attempts } = delivery;
  return {
    id: String(number),
    kind,
    event,
    type: `dev.berth.${type}.v1`,
    subject,
    state,
    nextAt: nextAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
    attempts: attempts.map(({ attempt, at, milliseconds, status = null, error = null }) => ({
      attempt,
      at: at.toISOString(),
      milliseconds,
      status,
      error,
    })),
  };
}
