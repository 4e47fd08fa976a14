import type { DeliveryRecord, DeliveryState, WebhookRecord } from './webhook.js';

export interface WebhookReads {
  find(fleet: string, id: string): Promise<WebhookRecord | undefined>;
  page(fleet: string, after: string, limit: number): Promise<readonly WebhookRecord[]>;
  /** Newest first, from the one before `before`. */
  deliveries(
    fleet: string,
    id: string,
    state: DeliveryState | undefined,
    before: number,
    limit: number,
  ): Promise<readonly DeliveryRecord[]>;
  delivery(fleet: string, id: string, number: number): Promise<DeliveryRecord | undefined>;
}
