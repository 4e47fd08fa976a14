import { randomUUID } from 'node:crypto';
import { Hosts, Keys, Preflights, RegisterFingerprint, ServicePulse } from '@berth/application';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { fingerprint } from '../support/fleet.js';
import { Requester } from '../support/message-door.js';
import { SweepLab, type SweepUnderTest } from '../support/sweep-lab.js';

const PATIENCE = { timeout: 60_000, interval: 100 };
const admin = { fleet: 'default', keyId: 'test', role: 'admin' } as const;

/** The worker's program as it is run, with its queues on Redis, or on Postgres when there is none. */
export function doorsSurvive(where: string, redisUrl: string | undefined): void {
  describe(`the worker with its queues on ${where}`, { timeout: 120_000 }, () => {
    let lab: SweepLab;
    let world: SweepUnderTest;
    let requester: Requester;
    let key: string;

    beforeAll(async () => {
      lab = await SweepLab.open(redisUrl);
      world = await lab.startSweep(2, 20);
      key = (await new Keys(world.database.work, world.database.keys).issue(admin, { role: 'reader' })).key;
      world.spawnWorker();
      await vi.waitUntil(async () => (await world.state()) === 'succeeded', PATIENCE);
      requester = new Requester(world.databaseUrl, world.redisUrl);
    });
    afterAll(async () => {
      await requester?.close();
      await world?.close();
      await lab?.close();
    });

    const sql = async (text: string, values: unknown[] = []) => (await world.database.pool.query(text, values)).rows;
    const question = (target = 'h1') => ({ v: 1, requestId: randomUUID(), key, body: { vm: 'vm0', target } });

    test('answers every message once, though workers are killed in the middle', async () => {
      const asked = Array.from({ length: 150 }, (_, index) => question(`h${1 + (index % 19)}`));
      const jobs = await requester.queue.addBulk(asked.map((data) => ({ name: 'preflight', data })));
      const stored = async (): Promise<number> => (await sql('SELECT count(*)::int AS n FROM preflight'))[0].n;
      for (const more of [30, 70]) {
        await expect.poll(stored, PATIENCE).toBeGreaterThan(more);
        world.spawnWorker();
        await world.endOldest('SIGKILL');
      }
      const finished = async () => (await requester.queue.getJobCounts('completed'))['completed'];
      await expect.poll(finished, PATIENCE).toBe(150);
      for (const { id = '' } of jobs)
        expect((await requester.queue.getJob(id))?.returnvalue).toMatchObject({
          outcome: 'incompatible',
          basis: { vm: 'vm0' },
        });
      expect(await sql('SELECT count(*)::int AS n FROM preflight')).toEqual([{ n: 150 }]);
    });

    /** Every host of the lab says that it is alive; each of them but h0, which has said so by its fingerprint. */
    async function beatAll(hosts: Hosts): Promise<void> {
      for (let index = 1; index < 20; index += 1) {
        const found = await hosts.get(admin, `h${index}`);
        if (found.kind !== 'found') throw new Error(found.kind);
        await hosts.heartbeat(admin, found.name, { bootId: 'boot-1', digest: found.digest });
      }
    }

    /** The id of an answer that is a yes, and holds. */
    async function yes(): Promise<string> {
      const { documents, preflights, catalogue } = world.database;
      const request = { vm: 'vm0', target: 'h2', phases: ['policy', 'memslot'] } as const;
      const answer = await new Preflights(preflights, documents, catalogue).ask(admin, request);
      if (answer.kind !== 'answered') throw new Error(answer.kind);
      expect(answer.verdict.decision.outcome).toBe('compatible');
      return answer.id;
    }

    const looked = () => expect.poll(() => sql('SELECT name FROM drift'), PATIENCE).toEqual([]);

    test('loses no look at what has changed, and takes no host for silent, when the queue is emptied', async () => {
      const { work, hosts, documents, pulse } = world.database;
      const fleet = new Hosts(work, hosts, documents);
      await new ServicePulse(pulse, 20_000).beat();
      // The hosts of the lab are one machine otherwise.
      const another = fingerprint(new Date().toISOString(), { machineId: 'machine-2' });
      await new RegisterFingerprint(work, hosts).run(admin, 'h2', another);
      await beatAll(fleet);
      await looked();

      await world.endOldest('SIGTERM');
      const id = await yes();
      await fleet.patch(admin, 'h2', { state: 'cordoned' });
      await world.sendAndForget();
      expect(await sql('SELECT name FROM drift')).toEqual([{ name: 'h2' }]);
      world.spawnWorker();
      await looked();
      const told = await sql(`SELECT data::json ->> 'preflight' AS id FROM event WHERE type = 'answer.changed'`);
      expect(told).toContainEqual({ id });
      const page = await fleet.list(admin, { limit: 100 });
      expect(page.kind === 'listed' && page.items.filter(({ freshness }) => freshness !== 'fresh')).toEqual([]);
    });
  });
}
