import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { useApi } from '../support/http-api.js';
import { MessageDoor, Requester } from '../support/message-door.js';

const PATIENCE = { timeout: 20_000 };
const QUEUE = 'berth.preflight.request';

interface Letter {
  readonly id: string;
  readonly job: string;
  readonly reason: string;
  readonly payload: string;
  readonly redrives: number;
}

/** What an orchestrator is promised that asks by message, wherever the queues live. */
export function messageDoor(where: string, redisUrl: string | undefined): void {
  describe(`the message door on ${where}`, () => {
    const api = useApi();
    let door: MessageDoor;
    let requester: Requester;

    beforeAll(async () => {
      for (const host of ['home', 'target']) await api.putHost(host);
      await api.putVm('vm-1', 'home');
      door = await MessageDoor.open(api.databaseUrl, redisUrl);
      requester = new Requester(api.databaseUrl, redisUrl);
    });
    afterAll(async () => {
      await requester?.close();
      await door?.close();
    });

    const body = { vm: 'vm-1', target: 'target' };
    const question = (more: object = {}) => ({ v: 1, requestId: randomUUID(), key: api.admin.key, body, ...more });
    // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
    const ask = (more: object = {}, options: object = {}): Promise<any> => requester.ask(question(more), options);
    const letters = async (): Promise<readonly Letter[]> =>
      (await api.admin.get(`/v1/dead-letters?queue=${QUEUE}&limit=1000`)).json.items;
    const letterOf = async (job: string): Promise<Letter> => {
      const found = async () => (await letters()).find((letter) => letter.job === job);
      await expect.poll(found, PATIENCE).toBeDefined();
      return (await found()) as Letter;
    };

    test('answers a question as HTTP does, and keeps the answer under its id', async () => {
      const answer = await ask();
      const { id, evaluatedAt, validUntil, ...same } = (await api.admin.post('/v1/preflights', body)).json;
      expect(answer).toMatchObject(same);
      // In no order: Postgres keeps results as jsonb.
      expect(Object.keys(answer).toSorted()).toEqual(
        ['evaluatedAt', ...Object.keys(same), 'id', 'validUntil'].toSorted(),
      );
      expect((await api.admin.get(`/v1/preflights/${answer.id}`)).json).toEqual(answer);
    });

    test.each([
      ['a VM that is not there', { vm: 'nobody', target: 'target' }],
      ['a host that is not there', { vm: 'vm-1', target: 'nowhere' }],
      ['other revisions', { ...body, expect: { vmRevision: 7 } }],
      ['no target', { vm: 'vm-1' }],
      ['every fault at once', { vm: 5, target: '../x', policy: 'lax', phases: [], admin: true }],
      ['a list', [body]],
      ['nothing', null],
      ['what is nested too deep', { ...body, expect: JSON.parse(`${'['.repeat(40)}${']'.repeat(40)}`) }],
    ])('refuses %s as HTTP does', async (_, asked) => {
      const http = await api.admin.post('/v1/preflights', asked);
      expect(http.status).toBeGreaterThanOrEqual(400);
      expect(await ask({ body: asked })).toEqual(http.json);
    });

    test('refuses a body of more than a megabyte, which the other door does not even read', async () => {
      const large = { ...body, policy: 'x'.repeat(1_100_000) };
      const http = await api.admin.post('/v1/preflights', large);
      expect(http.status).toBe(413);
      expect(await ask({ body: large })).toMatchObject(http.json);
    });

    test('refuses keys as HTTP does', async () => {
      const agent = await api.client('agent', { host: 'home' });
      const revoked = await api.client('reader');
      await api.admin.delete(`/v1/keys/${revoked.key?.split('_')[1]}`);
      for (const key of [agent.key, revoked.key, 'berth_0123456789abcdef_none', 'x', '']) {
        const http = await api.admin.as(key).post('/v1/preflights', body);
        expect(http.status).toBeLessThan(404);
        expect(await ask({ key })).toEqual(http.json);
      }
    });

    test('sees with the eyes of the key', async () => {
      const stranger = await api.client('reader', { fleet: 'other' });
      expect(await ask({ key: stranger.key })).toMatchObject({ code: 'NAME_UNKNOWN' });
      const reader = await api.client('reader');
      expect(await ask({ key: reader.key })).toMatchObject({ outcome: 'incompatible' });
    });

    test('gives one answer to one request, however often it comes and in how many at once', async () => {
      const same = question();
      const answers = await Promise.all(Array.from({ length: 20 }, () => requester.ask(same)));
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
      await api.putHost('target', { kernel: { release: '7.2.14', pageSize: 4096 } });
      expect(await requester.ask(same)).toEqual(answers[0]);
      const { id } = answers[0] as { id: string };
      const stored = await api.query('SELECT id FROM preflight WHERE fleet = $1 AND id = $2', ['default', id]);
      expect(stored).toHaveLength(1);
    });

    test('does not give it to another question, nor to another fleet', async () => {
      const requestId = randomUUID();
      await ask({ requestId });
      const reused = { status: 422, code: 'IDEMPOTENCY_KEY_REUSED' };
      expect(await ask({ requestId, body: { ...body, policy: 'kernel' } })).toMatchObject(reused);
      expect(await ask({ requestId, body: { vm: 'vm-1', target: 'home' } })).toMatchObject(reused);
      expect(await ask({ requestId, body: { ...body, expect: { vmRevision: 2 } } })).toMatchObject(reused);
      expect(await ask({ requestId, body: { ...body, expect: { vmRevision: 1 } } })).toMatchObject({
        basis: { vm: 'vm-1' },
      });
      const stranger = await api.client('reader', { fleet: 'other' });
      expect(await ask({ requestId, key: stranger.key })).toMatchObject({ code: 'NAME_UNKNOWN' });
    });

    test('keeps an answer to be read, whatever its sender said, and forgets the key', async () => {
      const job = await requester.send(question(), { removeOnComplete: true, removeOnFail: true, attempts: 50 });
      const found = async () => (await requester.queue.getJob(job.id ?? ''))?.toJSON();
      await expect.poll(async () => (await found())?.finishedOn, PATIENCE).toBeDefined();
      expect((await found())?.returnvalue).toMatchObject({ outcome: 'incompatible' });
      await expect.poll(async () => Object.keys((await found())?.data as object), PATIENCE).not.toContain('key');
    });

    describe('what cannot be understood', () => {
      const secret = () => String(api.admin.key).split('_')[2];

      test.each([
        ['no version', { v: undefined }, 'version missing of the payload is not known'],
        ['version 2', { v: 2 }, 'version 2 of the payload is not known'],
        ['no request id', { requestId: undefined }, 'field `requestId` is missing'],
        ['an empty request id', { requestId: '' }, 'field `requestId` is ""'],
        ['a request id with a space', { requestId: 'a b' }, 'field `requestId` is "a b"'],
        ['a request id without end', { requestId: 'x'.repeat(256) }, `field \`requestId\` is "${'x'.repeat(63)}`],
        ['no key', { key: undefined }, 'field `key` is missing'],
        ['a key that is a number', { key: 7 }, 'field `key` is not text'],
        ['no body', { body: undefined }, 'field `body` is missing'],
        ['one field more', { fleet: 'other' }, 'field `fleet` is not known'],
        ['the key under another name', { apiKey: true }, 'field `apiKey` is not known'],
      ])('%s ends among the dead letters at once, with its reason', async (_, forged, why) => {
        const data = question(forged);
        const job = await requester.send(data);
        const letter = await letterOf(job.id ?? '');
        expect(letter).toMatchObject({ reason: `forged: ${why}`, redrives: 0 });
        expect(letter.payload).not.toContain(secret());
        await expect(requester.ask(data)).rejects.toThrow(`forged: ${why}`);
      });

      test.each([
        ['a list', ['x']],
        ['text', 'preflight'],
        ['a number', 7],
      ])('%s, too', async (_, data) => {
        const job = await requester.send(data);
        expect(await letterOf(job.id ?? '')).toMatchObject({ reason: 'forged: the payload is not an object' });
      });

      test('is kept short when it is long, and hidden wherever it holds a key', async () => {
        const long = await requester.send(question({ requestId: undefined, body: 'x'.repeat(5_000_000) }));
        expect((await letterOf(long.id ?? '')).payload).toMatch(/^\{"tooLarge":5000\d{3}\}$/);
        const hiding = await requester.send({ v: 1, nested: [{ note: `my key is ${api.admin.key}`, token: 'abc' }] });
        const { payload } = await letterOf(hiding.id ?? '');
        expect(payload).not.toContain(secret());
        expect(JSON.parse(payload).nested[0]).toMatchObject({ token: '[secret]' });
      });

      test('leaves no key behind: not in the transport, not in the database, not in the log', async () => {
        const job = await requester.send(question({ v: 3 }));
        await letterOf(job.id ?? '');
        const left = async () => JSON.stringify((await requester.queue.getJob(job.id ?? ''))?.toJSON());
        await expect.poll(left, PATIENCE).not.toContain(secret());
        const rows = await api.query('SELECT * FROM dead_letter');
        expect(JSON.stringify(rows)).not.toContain(secret());
        expect(door.log.join('')).not.toContain(secret());
      });

      test('does not keep those waiting that come after it', async () => {
        const jobs = Array.from({ length: 200 }, (_, index) => ({ name: 'x', data: question({ v: index + 2 }) }));
        await requester.queue.addBulk(jobs);
        expect(await ask()).toMatchObject({ outcome: 'incompatible' });
      });
    });

    describe('what fails', () => {
      /** Answers cannot be stored until the test says so. */
      const breakStore = async (): Promise<() => Promise<unknown>> => {
        await api.query('ALTER TABLE preflight_verdict RENAME TO preflight_verdict_away');
        let mended: Promise<unknown> | undefined;
        const mend = () => (mended ??= api.query('ALTER TABLE preflight_verdict_away RENAME TO preflight_verdict'));
        onTestFinished(async () => void (await mend()));
        return mend;
      };

      test('again and again is a dead letter, and is answered once it is put back', async () => {
        const operator = await api.client('operator');
        const mend = await breakStore();
        const asked = question();
        await expect(requester.ask(asked, { jobId: `poison-${asked.requestId}` })).rejects.toThrow('tried 4 times');
        const letter = await letterOf(`poison-${asked.requestId}`);
        expect(letter.reason).toMatch(/^tried 4 times: .*preflight_verdict/);
        expect(JSON.parse(letter.payload)).toMatchObject({ requestId: asked.requestId, body });
        await mend();

        const redriven = await operator.post('/v1/dead-letters:redrive', { ids: [letter.id, randomUUID(), 'none'] });
        expect(redriven.json).toEqual({ redriven: [letter.id] });
        await door.relay();
        await expect.poll(async () => (await letters()).map(({ id }) => id), PATIENCE).not.toContain(letter.id);
        const answer = (await requester.ask(asked)) as { id: string };
        const stored = await api.query('SELECT key_id FROM preflight WHERE id = $1', [answer.id]);
        expect(stored).toEqual([{ key_id: operator.key?.split('_')[1] }]);
        const audit = `SELECT action, subject, key_id FROM audit WHERE action = 'dead-letter.redrive' AND subject = $1`;
        expect(await api.query(audit, [letter.id])).toHaveLength(1);
      });

      test('after it was put back is a dead letter again', async () => {
        const job = await requester.send(question({ v: 9 }));
        const { id } = await letterOf(job.id ?? '');
        for (const redrives of [1, 2]) {
          expect((await api.admin.post('/v1/dead-letters:redrive', { ids: [id] })).json).toEqual({ redriven: [id] });
          await door.relay();
          const back = async () => (await letters()).find((letter) => letter.id === id);
          await expect.poll(back, PATIENCE).toMatchObject({ redrives, redrivenAt: null });
        }
        expect(await letterOf(job.id ?? '')).toMatchObject({ reason: 'forged: version 9 of the payload is not known' });
      });

      test('because the database is away waits, and is answered when it is back', async () => {
        const holder = await door.database.pool.connect();
        await holder.query('SET idle_in_transaction_session_timeout = 0');
        await holder.query('BEGIN');
        await holder.query('LOCK TABLE preflight_verdict IN SHARE MODE');
        onTestFinished(() => holder.release(true));
        const job = await requester.send(question());
        const state = async () => (await requester.queue.getJob(job.id ?? ''))?.getState();
        await expect.poll(state, PATIENCE).toBe('delayed');
        await holder.query('ROLLBACK');
        await expect.poll(state, PATIENCE).toBe('completed');
      });
    });

    test('lets a fleet see its own dead letters, and puts back a whole queue', async () => {
      const other = await api.client('operator', { fleet: 'other' });
      const job = await requester.send(question({ v: 8, key: other.key }));
      const theirs = async () => (await other.get('/v1/dead-letters')).json.items as Letter[];
      await expect.poll(async () => (await theirs()).map((letter) => letter.job), PATIENCE).toEqual([job.id]);
      expect((await letters()).map((letter) => letter.job)).not.toContain(job.id);
      const [letter] = await theirs();
      expect((await api.admin.post('/v1/dead-letters:redrive', { ids: [letter?.id] })).json).toEqual({ redriven: [] });
      expect((await other.post('/v1/dead-letters:redrive', { queue: QUEUE })).json).toEqual({ redriven: [letter?.id] });
      expect((await other.post('/v1/dead-letters:redrive', { queue: QUEUE })).json).toEqual({ redriven: [] });
      for (const wrong of [{}, { ids: [], queue: QUEUE }, { ids: [] }, { ids: ['x'], queue: 'q' }, { ids: ['../x'] }])
        expect((await other.post('/v1/dead-letters:redrive', wrong)).status).toBe(422);
      const reader = await api.client('reader');
      expect((await reader.get('/v1/dead-letters')).status).toBe(403);
      expect((await reader.post('/v1/dead-letters:redrive', { queue: QUEUE })).status).toBe(403);
    });
  });
}
