import { type Job, type JobPayload, type OutboxStore, Unavailable } from '@berth/application';
import type { Pool, PoolClient } from 'pg';
import { asUnavailable } from '../database/availability.js';
import { Link, type Statement } from '../database/link.js';

// Whose rows another relay holds are passed over: each row is sent once when nothing goes wrong.
const TAKE: Statement = {
  name: 'outbox-take',
  text: 'SELECT id, queue, job_id, payload FROM outbox WHERE sent_at IS NULL AND due_at <= statement_timestamp() ORDER BY due_at, id LIMIT $1 FOR UPDATE SKIP LOCKED',
};
const MARK: Statement = {
  name: 'outbox-mark',
  text: 'UPDATE outbox SET sent_at = now() WHERE sent_at IS NULL AND id = ANY ($1::bigint[])',
};
const BEGIN: Statement = { name: 'outbox-begin', text: 'BEGIN' };
const COMMIT: Statement = { name: 'outbox-commit', text: 'COMMIT' };
const BACKLOG: Statement = {
  name: 'outbox-backlog',
  text: 'SELECT count(*)::integer AS unsent, min(due_at) AS oldest FROM outbox WHERE sent_at IS NULL AND due_at <= statement_timestamp()',
};
const PURGE: Statement = { name: 'outbox-purge', text: `DELETE FROM outbox WHERE sent_at < now() - interval '1 hour'` };

interface TakenRow {
  readonly id: string;
  readonly queue: string;
  readonly job_id: string;
  readonly payload: JobPayload;
}

export class PgOutboxStore implements OutboxStore {
  private readonly link: Link;

  constructor(private readonly pool: Pool) {
    this.link = new Link(pool);
  }

  /** The rows stay locked while they are sent: a relay that dies in between gives them back with its link. */
  async relay(limit: number, send: (jobs: readonly Job[]) => Promise<void>): Promise<number> {
    const client = await this.connect();
    let sound = true;
    try {
      const link = new Link(client);
      await link.query(BEGIN, []);
      const rows = await link.rows<TakenRow>(TAKE, [limit]);
      if (rows.length > 0) {
        await send(rows.map((row) => ({ queue: row.queue, id: row.job_id, payload: row.payload })));
        await link.touch(MARK, [rows.map((row) => row.id)]);
      }
      await link.query(COMMIT, []);
      return rows.length;
    } catch (error) {
      sound = await rolledBack(client, error);
      throw error;
    } finally {
      client.release(!sound);
    }
  }

  async backlog(): Promise<{ unsent: number; oldest: Date | undefined }> {
    const row = await this.link.row<{ unsent: number; oldest: Date | null }>(BACKLOG, []);
    return { unsent: row?.unsent ?? 0, oldest: row?.oldest ?? undefined };
  }

  async purge(): Promise<void> {
    await this.link.touch(PURGE, []);
  }

  private async connect(): Promise<PoolClient> {
    try {
      return await this.pool.connect();
    } catch (error) {
      throw asUnavailable(error);
    }
  }
}

/** Rolls back at once, so that the next relay finds the rows free; false when the link is in doubt and has to go. */
async function rolledBack(client: PoolClient, error: unknown): Promise<boolean> {
  if (error instanceof Unavailable) return false;
  try {
    await client.query('ROLLBACK');
    return true;
  } catch {
    return false;
  }
}
