import { type Job, OutboxRelay } from '@berth/application';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openFleet, type TestFleet } from '../../../../test/support/fleet.js';

let fleet: TestFleet;
const job = (n: number): Job => ({ queue: 'berth.sweep', id: `j${n}`, payload: { v: 1, n } });
const jobs = Array.from({ length: 1200 }, (_, n) => job(n));
const put = (some: readonly Job[]) => fleet.database.work.run((tx) => tx.outbox.put('default', some));
const collect = (sent: Job[]) => ({
  send: async (some: readonly Job[]) => {
    sent.push(...some);
  },
});

beforeAll(async () => {
  fleet = await openFleet();
});
beforeEach(async () => {
  await fleet.database.pool.query('TRUNCATE outbox');
});
afterAll(() => fleet?.close());

describe('the outbox', () => {
  test('is sent in the order it was written, once, whatever its length', async () => {
    await put(jobs);
    const sent: Job[] = [];
    expect(await new OutboxRelay(fleet.database.outbox, collect(sent)).drain()).toBe(1200);
    expect(sent).toEqual(jobs);
    expect(await new OutboxRelay(fleet.database.outbox, collect(sent)).drain()).toBe(0);
    expect(await fleet.database.outbox.backlog()).toEqual({ unsent: 0, oldest: undefined });
  });

  test('of a transaction that is undone is never sent', async () => {
    const undone = fleet.database.work.run(async (tx) => {
      await tx.outbox.put('default', jobs);
      throw new Error('changed our mind');
    });
    await expect(undone).rejects.toThrow('changed our mind');
    const sent: Job[] = [];
    await new OutboxRelay(fleet.database.outbox, collect(sent)).drain();
    expect(sent).toEqual([]);
  });

  test('is sent once by several relays at a time', async () => {
    await put(jobs);
    const sent: Job[] = [];
    await Promise.all([1, 2, 3, 4].map(() => new OutboxRelay(fleet.database.outbox, collect(sent)).drain()));
    await new OutboxRelay(fleet.database.outbox, collect(sent)).drain();
    expect(sent.map(({ id }) => id).sort()).toEqual(jobs.map(({ id }) => id).sort());
  });

  test('waits on when the transport does not take it', async () => {
    await put(jobs.slice(0, 3));
    const refused = Object.assign(new Error('nobody there'), { code: 'ECONNREFUSED' });
    const deaf = { send: () => Promise.reject(refused) };
    await expect(new OutboxRelay(fleet.database.outbox, deaf).drain()).rejects.toBe(refused);
    expect(await fleet.database.outbox.backlog()).toMatchObject({ unsent: 3, oldest: expect.any(Date) });
    const sent: Job[] = [];
    await new OutboxRelay(fleet.database.outbox, collect(sent)).drain();
    expect(sent).toEqual(jobs.slice(0, 3));
  });

  test('is sent again when the relay lost its link after sending', async () => {
    await put(jobs.slice(0, 3));
    const sent: Job[] = [];
    const cutOff = {
      send: async (some: readonly Job[]) => {
        sent.push(...some);
        // 5 s: it waits until the other is gone.
        await fleet.database.pool.query(`SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
          WHERE datname = current_database() AND state = 'idle in transaction' AND pid <> pg_backend_pid()`);
      },
    };
    await expect(new OutboxRelay(fleet.database.outbox, cutOff).drain()).rejects.toThrow('not available');
    await new OutboxRelay(fleet.database.outbox, collect(sent)).drain();
    expect(sent).toEqual([...jobs.slice(0, 3), ...jobs.slice(0, 3)]);
  });

  test('forgets what was sent an hour ago', async () => {
    await put(jobs.slice(0, 3));
    const relay = new OutboxRelay(fleet.database.outbox, collect([]));
    await relay.drain();
    await relay.purge();
    expect((await fleet.database.pool.query('SELECT FROM outbox')).rowCount).toBe(3);
    await fleet.database.pool.query(`UPDATE outbox SET sent_at = now() - interval '2 hours'`);
    await put(jobs.slice(3, 4));
    await relay.purge();
    expect((await fleet.database.pool.query('SELECT job_id FROM outbox')).rows).toEqual([{ job_id: 'j3' }]);
  });
});
