import { setTimeout as sleep } from 'node:timers/promises';
import { type Tx, Unavailable, type UnitOfWork } from '@berth/application';
import type { Pool, PoolClient } from 'pg';
import { asUnavailable, stateOf } from './availability.js';
import { pgTx, type TxShared } from './pg-tx.js';

const ATTEMPTS = 3;
/** Serialization failure and deadlock: the server has undone everything and says that the same again may succeed. */
const UNDONE: ReadonlySet<string> = new Set(['40001', '40P01']);

/**
 * Transactions on a connection of their own. Not Prisma's: its interactive transactions cost three times the time, do not
 * bound how long COMMIT may take, and know neither row locks nor compare-and-set without raw SQL.
 */
export class PgUnitOfWork implements UnitOfWork {
  /** `onEmitted` is told when a transaction has committed that emitted events. */
  constructor(
    private readonly pool: Pool,
    private readonly shared: TxShared,
    private readonly onEmitted: () => void = () => undefined,
  ) {}

  async run<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.attempt(work);
      if (outcome.kind === 'committed') return outcome.value;
      if (!outcome.undone || attempt === ATTEMPTS) throw outcome.error;
      await sleep(Math.random() * 20 * attempt);
    }
  }

  private async attempt<T>(work: (tx: Tx) => Promise<T>): Promise<Attempt<T>> {
    const client = await this.connect();
    let committing = false;
    try {
      await client.query('BEGIN ISOLATION LEVEL READ COMMITTED');
      const tx = pgTx(client, this.shared);
      const value = await work(tx);
      committing = true;
      await client.query('COMMIT');
      client.release();
      if (tx.events.emitted) this.onEmitted();
      return { kind: 'committed', value };
    } catch (thrown) {
      const error = asUnavailable(thrown);
      await giveBack(client, error);
      // A link that broke before COMMIT was sent took the transaction with it. One that broke after may have committed.
      const undone = UNDONE.has(stateOf(error) ?? '') || (!committing && isBroken(error));
      return { kind: 'failed', error, undone };
    }
  }

  private async connect(): Promise<PoolClient> {
    try {
      return await this.pool.connect();
    } catch (error) {
      throw asUnavailable(error);
    }
  }
}

type Attempt<T> =
  | { readonly kind: 'committed'; readonly value: T }
  | { readonly kind: 'failed'; readonly error: unknown; readonly undone: boolean };

const isBroken = (error: unknown): boolean => error instanceof Unavailable && error.why === 'unreachable';

/** Rolls back and returns the connection to the pool, or closes it when it is not known to be sound. */
async function giveBack(client: PoolClient, error: unknown): Promise<void> {
  if (error instanceof Unavailable && !UNDONE.has(stateOf(error) ?? '')) return client.release(error);
  try {
    await client.query('ROLLBACK');
    client.release();
  } catch {
    client.release(true);
  }
}
