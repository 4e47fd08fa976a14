import type { UnitOfWork } from '../ports/unit-of-work.js';
import { COURIER_SETTINGS, type CourierReport, type CourierSettings, WebhookCourier } from './webhook-courier.js';
import type { WebhookSender } from './webhook-sender.js';

const PURGES_AT_ONCE = 50;

/** Sets couriers to work; how messages are sent is known to who asks for one. */
export class WebhookCouriers {
  constructor(
    private readonly work: UnitOfWork,
    private readonly settings: Partial<CourierSettings> = {},
  ) {}

  courier(sender: WebhookSender, report: CourierReport): WebhookCourier {
    return new WebhookCourier(this.work, sender, report, { ...COURIER_SETTINGS, ...this.settings });
  }

  /** Forgets what became of messages that are older. */
  async purge(olderThanMilliseconds: number): Promise<void> {
    for (let round = 0; round < PURGES_AT_ONCE; round += 1)
      if ((await this.work.run((tx) => tx.deliveries.purge(olderThanMilliseconds))) === 0) return;
  }
}
