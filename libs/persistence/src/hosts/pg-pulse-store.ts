import type { PulseStore } from '@berth/application';
import type { Link } from '../database/link.js';
import { TOUCH_PULSE } from './freshness-sql.js';

export class PgPulseStore implements PulseStore {
  constructor(private readonly link: Link) {}

  async touch(heartbeatMilliseconds: number): Promise<void> {
    await this.link.touch(TOUCH_PULSE, [heartbeatMilliseconds]);
  }
}
