import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DeadJob, PREFLIGHT_REQUEST_QUEUE, SWEEP_QUEUE, sweepJob } from '@berth/application';
import { type ConnectionOptions, type IQueueBackend, Queue } from 'bullmq';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { TcpProxy } from '../../../test/support/tcp-proxy.js';
import type { LetterBox } from './letter-box.js';
import { openQueues, type Queues } from './queues.js';
import { MAX_STALLED, PREFIX } from './settings.js';
import type { QueueFault, Transport } from './transport.js';

/** One place where queues can live, brought up for this suite. */
export interface QueueLab {
  readonly databaseUrl: string;
  readonly redisUrl?: string;
  readonly transport: Transport;
  /** Makes the transport believe that a job has lost its worker so often. */
  hasStalled(queue: string, job: string, times: number): Promise<void>;
  stop(): Promise<void>;
}

const WORKER = new URL('../../../test/support/queue-worker.mjs', import.meta.url);

/** What this system needs of its queues, wherever they live. */
export function queueContract(name: string, start: () => Promise<QueueLab>): void {
  describe(`the queues on ${name}`, () => {
    let lab: QueueLab;
    const open: { close(): Promise<void> }[] = [];

    const openHere = (
      address: Partial<QueueLab> = {},
      report?: (fault: QueueFault) => void,
      letters?: LetterBox,
    ): Queues => {
      const queues = openQueues({
        databaseUrl: address.databaseUrl ?? lab.databaseUrl,
        redisUrl: address.redisUrl ?? lab.redisUrl,
        report,
        letters,
      });
      open.push(queues);
      return queues;
    };

    /** The same servers, by way of a proxy. */
    const openThroughProxy = async (): Promise<{ proxy: TcpProxy; queues: Queues }> => {
      const server = new URL(lab.redisUrl ?? lab.databaseUrl);
      const proxy = await TcpProxy.to({
        host: server.hostname,
        port: Number(server.port || (lab.redisUrl ? 6379 : 5432)),
      });
      server.port = String(proxy.port);
      server.hostname = '127.0.0.1';
      const queues = openHere(lab.redisUrl ? { redisUrl: server.href } : { databaseUrl: server.href });
      open.push({ close: () => proxy.refuse() });
      return { proxy, queues };
    };

    /** Writes to the queue as anybody might who has its address. */
    const openRaw = (
      queue: string = SWEEP_QUEUE,
    ): Queue<unknown, unknown, string, unknown, unknown, string, IQueueBackend, ConnectionOptions> => {
      const raw: ReturnType<typeof openRaw> = new Queue(
        queue,
        { connection: {}, prefix: PREFIX },
        lab.transport.sender,
      );
      raw.on('error', () => undefined);
      open.push(raw);
      return raw;
    };

    beforeAll(async () => {
      lab = await start();
      await lab.transport.prepare();
    });

    afterEach(async () => {
      for (const part of open.splice(0).reverse()) await part.close();
    });

    afterAll(() => lab?.stop());

    test('every job that is sent is done', async () => {
      const queues = openHere();
      const sweep = randomUUID();
      const done: number[] = [];
      queues.consume(SWEEP_QUEUE, async (job) => void (job.sweep === sweep && done.push(job.chunk)), {
        concurrency: 8,
      });
      await queues.sender.send(Array.from({ length: 300 }, (_, chunk) => sweepJob('f1', sweep, chunk)));
      await expect.poll(() => done.length, { timeout: 20_000 }).toBe(300);
      expect(new Set(done).size).toBe(300);
    });

    test('a job that waits is not doubled, and one that was done can be sent again', async () => {
      const queues = openHere();
      const job = sweepJob('f1', randomUUID(), 0);
      await queues.sender.send([job, job]);
      await queues.sender.send([job]);
      let runs = 0;
      queues.consume(SWEEP_QUEUE, async (payload) => void (payload.sweep === job.payload['sweep'] && runs++), {
        concurrency: 4,
      });
      await expect.poll(() => depthOf(queues), { timeout: 20_000 }).toMatchObject({ waiting: 0, active: 0 });
      expect(runs).toBe(1);
      await queues.sender.send([job]);
      await expect.poll(() => runs, { timeout: 20_000 }).toBe(2);
    });

    test('a job that throws is tried again, leaves the queue in the end, and can be sent again', async () => {
      const faults: QueueFault[] = [];
      const queues = openHere({}, (fault) => faults.push(fault));
      const job = sweepJob('f1', randomUUID(), 0);
      let runs = 0;
      const handler = async (payload: { sweep: string }): Promise<void> => {
        if (payload.sweep !== job.payload['sweep']) return;
        runs++;
        if (runs !== 2 && runs !== 6) throw new Error('not yet');
      };
      queues.consume(SWEEP_QUEUE, handler, { concurrency: 1 });
      await queues.sender.send([job]);
      await expect.poll(() => runs, { timeout: 20_000 }).toBe(2);
      await expect.poll(() => depthOf(queues)).toMatchObject({ waiting: 0, active: 0, delayed: 0 });
      await queues.sender.send([job]);
      await expect.poll(() => runs, { timeout: 20_000 }).toBe(5);
      await expect.poll(() => depthOf(queues)).toMatchObject({ waiting: 0, active: 0, delayed: 0 });
      await queues.sender.send([job]);
      await expect.poll(() => runs, { timeout: 20_000 }).toBe(6);
      expect(faults.map((fault) => fault.job)).toContain(job.id);
    });

    test('a forged job ends among the failed ones with its reason, and those after it are done', async () => {
      const queues = openHere();
      const raw = openRaw();
      const good = { v: 1, fleet: 'f1', sweep: randomUUID(), chunk: 0 };
      const forged: Record<string, unknown> = {
        'no version': { ...good, v: undefined },
        'version 2': { ...good, v: 2 },
        'a chunk before the first': { ...good, chunk: -1 },
        'a chunk that is text': { ...good, chunk: '0' },
        'no fleet': { ...good, fleet: undefined },
        'a fleet that is no name': { ...good, fleet: '../f2' },
        'one field more': { ...good, admin: true },
        'a list': [good],
        text: 'sweep',
        nothing: null,
      };
      await raw.addBulk(
        Object.entries(forged).map(([name, data]) => ({
          name,
          data,
          opts: { jobId: `${good.sweep}.${name.replaceAll(' ', '-')}` },
        })),
      );
      const seen: unknown[] = [];
      queues.consume(SWEEP_QUEUE, async (job) => void (job.sweep === good.sweep && seen.push(job)), { concurrency: 2 });
      await queues.sender.send([sweepJob('f1', good.sweep, 7)]);
      await expect.poll(() => seen, { timeout: 20_000 }).toEqual([{ ...good, chunk: 7 }]);
      // The server may hold what others left: only what this test forged is counted.
      const ours = async () => (await raw.getFailed()).filter((job) => job.id?.startsWith(good.sweep));
      await expect.poll(async () => (await ours()).length, { timeout: 20_000 }).toBe(Object.keys(forged).length);
      expect((await depthOf(queues)).failed).toBeGreaterThanOrEqual(Object.keys(forged).length);
      const reasons = (await ours()).map((job) => job.failedReason);
      expect(reasons.every((reason) => reason?.startsWith('forged: '))).toBe(true);
      expect(reasons).toContain('forged: field `admin` is not known');
    });

    test('a job whose worker is killed, twice, is done by the next worker', async () => {
      const queues = openHere();
      const job = sweepJob('f1', randomUUID(), 0);
      await queues.sender.send([job]);
      for (let kills = 0; kills < 2; kills++)
        await killInside(spawnWorker(lab), (taken) => taken['sweep'] === job.payload['sweep']);
      const { promise, resolve } = signal();
      queues.consume(SWEEP_QUEUE, async (payload) => void (payload.sweep === job.payload['sweep'] && resolve()), {
        concurrency: 1,
      });
      await promise;
    });

    describe('a queue that others write to', () => {
      const message = () => ({ v: 1, requestId: randomUUID(), key: 'the key', body: {} });

      test('gives back what the work came to, also when it was done before anybody asked', async () => {
        const queues = openHere();
        const raw = openRaw(PREFLIGHT_REQUEST_QUEUE);
        queues.consume(PREFLIGHT_REQUEST_QUEUE, async ({ requestId }) => ({ said: requestId }), { concurrency: 2 });
        const data = message();
        const job = await raw.add('x', data, { removeOnComplete: true });
        const result = async () => (await raw.getJob(job.id ?? ''))?.returnvalue;
        await expect.poll(result, { timeout: 20_000 }).toEqual({ said: data.requestId });
      });

      test('tries what fails four times, however often the sender wanted, and puts it aside without its key', async () => {
        const { box, buried } = letterBox();
        const queues = openHere({}, undefined, box);
        const raw = openRaw(PREFLIGHT_REQUEST_QUEUE);
        const tried: string[] = [];
        const handler = async ({ requestId }: { requestId: string }): Promise<never> => {
          tried.push(requestId);
          throw new Error('not today');
        };
        queues.consume(PREFLIGHT_REQUEST_QUEUE, handler, { concurrency: 1 });
        const data = message();
        const job = await raw.add('x', data, { attempts: 50, backoff: 1, removeOnFail: true });
        await expect.poll(() => buried(job.id), { timeout: 30_000 }).toMatchObject([{ data }]);
        expect(buried(job.id)).toMatchObject([{ queue: PREFLIGHT_REQUEST_QUEUE, reason: 'tried 4 times: not today' }]);
        expect(tried.filter((requestId) => requestId === data.requestId)).toHaveLength(4);
        const left = async () => (await raw.getJob(job.id ?? ''))?.toJSON();
        await expect.poll(left, { timeout: 20_000 }).toMatchObject({
          data: { v: 1, buried: true },
          failedReason: 'tried 4 times: not today',
        });
      });

      test('puts aside what its workers die in, again and again', async () => {
        const { box, buried } = letterBox();
        const raw = openRaw(PREFLIGHT_REQUEST_QUEUE);
        const data = message();
        const job = await raw.add('x', data);
        await killInside(spawnWorker(lab, PREFLIGHT_REQUEST_QUEUE), (taken) => taken['requestId'] === data.requestId);
        // As after the times before, for which this test has not the patience.
        await lab.hasStalled(PREFLIGHT_REQUEST_QUEUE, job.id ?? '', MAX_STALLED);
        const queues = openHere({}, undefined, box);
        queues.consume(PREFLIGHT_REQUEST_QUEUE, async () => ({}), { concurrency: 1 });
        await expect.poll(() => buried(job.id), { timeout: 30_000 }).toMatchObject([{ data }]);
        expect(buried(job.id)[0]?.reason).toContain('stalled');
      });
    });

    test('a worker whose link falls silent works again within 15 s', async () => {
      const { proxy, queues } = await openThroughProxy();
      const sweep = randomUUID();
      const done: number[] = [];
      queues.consume(SWEEP_QUEUE, async (job) => void (job.sweep === sweep && done.push(job.chunk)), {
        concurrency: 1,
      });
      const elsewhere = openHere();
      await elsewhere.sender.send([sweepJob('f1', sweep, 0)]);
      await expect.poll(() => done, { timeout: 20_000 }).toEqual([0]);
      proxy.freeze();
      const frozen = performance.now();
      await elsewhere.sender.send([sweepJob('f1', sweep, 1)]);
      await expect.poll(() => done, { timeout: 15_000 }).toEqual([0, 1]);
      process.stderr.write(
        `${name}: a silent link was noticed after ${((performance.now() - frozen) / 1000).toFixed(1)} s\n`,
      );
    });

    test('with the server away a sender fails soon and a worker waits; both go on when it is back', async () => {
      const { proxy, queues } = await openThroughProxy();
      const sweep = randomUUID();
      const done: number[] = [];
      queues.consume(SWEEP_QUEUE, async (job) => void (job.sweep === sweep && done.push(job.chunk)), {
        concurrency: 1,
      });
      await queues.sender.send([sweepJob('f1', sweep, 0)]);
      await expect.poll(() => done, { timeout: 20_000 }).toEqual([0]);
      await proxy.refuse();
      await expect(queues.sender.send([sweepJob('f1', sweep, 1)])).rejects.toThrow('is not available');
      await expect(queues.sender.send([sweepJob('f1', sweep, 1)])).rejects.toThrow('is not available');
      expect(await queues.ready()).toMatchObject({ kind: 'not-ready', why: expect.stringMatching(/ECONNREFUSED/) });
      await proxy.heal();
      await queues.sender.send([sweepJob('f1', sweep, 1)]);
      await expect.poll(() => done, { timeout: 20_000 }).toEqual([0, 1]);
      expect(await queues.ready()).toEqual({ kind: 'ready' });
    });

    test('a worker that starts while the server is away begins when it is there', async () => {
      const { proxy, queues } = await openThroughProxy();
      await proxy.refuse();
      const sweep = randomUUID();
      const { promise, resolve } = signal();
      const consumer = queues.consume(SWEEP_QUEUE, async (job) => void (job.sweep === sweep && resolve()), {
        concurrency: 1,
      });
      await openHere().sender.send([sweepJob('f1', sweep, 0)]);
      await sleep(500);
      expect(consumer.ready).toBe(false);
      await proxy.heal();
      await promise;
    });

    test('closing waits for the job that runs', async () => {
      const queues = openHere();
      const job = sweepJob('f1', randomUUID(), 0);
      const began = signal();
      let finished = false;
      const handler = async (): Promise<void> => {
        began.resolve();
        await sleep(300);
        finished = true;
      };
      queues.consume(SWEEP_QUEUE, handler, { concurrency: 1 });
      await queues.sender.send([job]);
      await began.promise;
      await queues.close();
      expect(finished).toBe(true);
    });
  });
}

async function depthOf(queues: Queues) {
  const depth = (await queues.depths()).get(SWEEP_QUEUE);
  if (depth === undefined) throw new Error('the queue has no depth');
  return depth;
}

function signal(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** What it was given to bury, by the job's id. */
function letterBox(): { box: LetterBox; buried: (job: string | undefined) => readonly DeadJob[] } {
  const letters: DeadJob[] = [];
  const nothing = async () => undefined;
  const bury = async (job: DeadJob) => letters.push({ ...job, data: structuredClone(job.data) }) > 0;
  const box = { bury, redriven: nothing, settle: nothing, rebury: nothing };
  return { box, buried: (id) => letters.filter(({ job }) => job === id) };
}

function spawnWorker(lab: QueueLab, queue: string = SWEEP_QUEUE): ChildProcess {
  return fork(WORKER, {
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      DATABASE_URL: lab.databaseUrl,
      REDIS_URL: lab.redisUrl ?? '',
      QUEUE: queue,
    },
    execArgv: [],
  });
}

async function killInside(
  worker: ChildProcess,
  isIt: (payload: Readonly<Record<string, unknown>>) => boolean,
): Promise<void> {
  const ended = once(worker, 'exit');
  const early = ended.then(() => Promise.reject(new Error('the worker ended by itself: are the rooms built?')));
  early.catch(() => undefined);
  for (;;) {
    const [job] = await Promise.race([once(worker, 'message'), early]);
    if (isIt(job)) break;
  }
  worker.kill('SIGKILL');
  await ended;
}
