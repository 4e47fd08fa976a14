import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, type TestContext, test } from 'vitest';
import { SweepLab, type SweepUnderTest } from '../support/sweep-lab.js';

const PATIENCE = { timeout: 90_000, interval: 100 };

/** Workers are killed, waited for and started anew, also on a machine that does much else. */
const WHOLE_TEST = 150_000;

/** What a sweep survives, with its queue on Redis, or on Postgres when there is none. */
export function sweepSurvival(where: string, redisUrl: string | undefined): void {
  let lab: SweepLab;
  const start = async (context: TestContext, vms: number, hosts: number): Promise<SweepUnderTest> => {
    const sweep = await lab.startSweep(vms, hosts);
    context.onTestFinished(() => sweep.close());
    return sweep;
  };
  const say = (what: string, since: number): void => {
    process.stderr.write(`${where}: ${what}: ${((performance.now() - since) / 1000).toFixed(1)} s\n`);
  };
  /** Every pair once, and the counters agree. */
  const expectWhole = async ({ expect }: TestContext, sweep: SweepUnderTest, pairs: number): Promise<void> => {
    await expect.poll(() => sweep.state(), PATIENCE).toBe('succeeded');
    const { progress, counts } = await sweep.get();
    expect(progress).toEqual({ done: pairs, total: pairs });
    expect(counts.compatible + counts.incompatible + counts.indeterminate).toBe(pairs);
    expect(await sweep.results()).toEqual({ rows: pairs, pairs });
  };

  describe(`a sweep with its queue on ${where}`, { timeout: WHOLE_TEST }, () => {
    beforeAll(async () => {
      lab = await SweepLab.open(redisUrl);
    });
    afterAll(() => lab?.close());

    test('is done by two workers, one killed and one told to stop in the middle, and a third', async (context) => {
      const { expect } = context;
      const sweep = await start(context, 300, 60);
      expect(await sweep.get()).toMatchObject({ state: 'queued', progress: { done: 0, total: 300 * 59 } });
      const began = performance.now();
      const [killed, stopped] = [sweep.spawnWorker(), sweep.spawnWorker()];
      await expect.poll(() => sweep.done(), PATIENCE).toBeGreaterThan(1_000);
      await sweep.end(killed, 'SIGKILL');
      expect(await sweep.end(stopped, 'SIGTERM')).toBe(0);
      expect(await sweep.state()).toBe('running');
      sweep.spawnWorker();
      await expectWhole(context, sweep, 300 * 59);
      say('17,700 pairs, with a kill and a stop', began);
    });

    test('is done by the third worker when two were killed in the same chunk', async (context) => {
      const { expect } = context;
      const sweep = await start(context, 20, 20);
      const release = await sweep.holdResults();
      for (let kills = 1; kills <= 2; kills++) {
        const worker = sweep.spawnWorker();
        await expect.poll(() => sweep.starts(), PATIENCE).toBeGreaterThanOrEqual(kills);
        await sweep.end(worker, 'SIGKILL');
      }
      await release();
      const began = performance.now();
      sweep.spawnWorker();
      await expectWhole(context, sweep, 20 * 19);
      say('a chunk whose worker was killed twice, from when a worker was there', began);
    });

    test('is done though its jobs were lost with the queue', async (context) => {
      const sweep = await start(context, 40, 40);
      await sweep.sendAndForget();
      sweep.spawnWorker();
      await expectWhole(context, sweep, 40 * 39);
    });

    test('goes on within 15 s when all links of its worker fall silent', async (context) => {
      const { expect } = context;
      const sweep = await start(context, 300, 60);
      const freeze = await sweep.spawnFreezable();
      await expect.poll(() => sweep.done(), PATIENCE).toBeGreaterThan(500);
      freeze();
      const frozen = performance.now();
      // What the server had received before may still be done.
      await sleep(1_000);
      const done = await sweep.done();
      await expect.poll(() => sweep.done(), { timeout: 14_000, interval: 100 }).toBeGreaterThan(done);
      say('a sweep went on after its links fell silent', frozen);
      await expectWhole(context, sweep, 300 * 59);
    });
  });
}
