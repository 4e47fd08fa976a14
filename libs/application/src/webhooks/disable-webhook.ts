import type { Tx } from '../ports/unit-of-work.js';
import type { DisabledWhy } from './webhook.js';

/** Whoever else listens hears of it: an orchestrator must not wait for news that nobody sends. */
export async function disableWebhook(tx: Tx, fleet: string, id: string, why: DisabledWhy): Promise<void> {
  await tx.webhooks.disable(fleet, id, why);
  await tx.events.emit(fleet, { type: 'webhook.disabled', subject: `webhooks/${id}`, data: { webhook: id, why } });
}
