import type { IdempotencyStore } from '@berth/application';
import type { Link, Statement } from '../database/link.js';

// An hour more than keys are honoured for: nobody who has just been told of one finds it gone.
const PURGE: Statement = {
  name: 'idempotency-purge',
  text: `DELETE FROM idempotency_key WHERE created_at < statement_timestamp() - interval '25 hours'`,
};

export class PgIdempotencyStore implements IdempotencyStore {
  constructor(private readonly link: Link) {}

  async purge(): Promise<void> {
    await this.link.touch(PURGE, []);
  }
}
