import { beforeAll, expect, test } from 'vitest';
import { berth } from '../support/cli.js';
import { useApi } from '../support/http-api.js';

const api = useApi();
const cli = (...argv: string[]) => berth(argv, { env: { BERTH_URL: api.url, BERTH_KEY: String(api.admin.key) } });
const idOf = (n: number): string => `0199a3c4-5d1e-7c3a-9b1f-${String(n).padStart(12, '0')}`;

beforeAll(async () => {
  await api.query(
    `INSERT INTO dead_letter (fleet, id, queue, job, sent_at, payload, reason)
     SELECT 'default', ('0199a3c4-5d1e-7c3a-9b1f-' || lpad(n::text, 12, '0'))::uuid, CASE WHEN n > 5 THEN 'berth.sweep' ELSE 'berth.preflight.request' END,
       n::text, now(), repeat('x', n * 1000), 'forged: no. ' || n FROM generate_series(1, 7) n`,
  );
});

test('dead letters are listed newest first, page by page and by queue, their payloads cut', async () => {
  const first = (await api.admin.get('/v1/dead-letters?limit=4')).json;
  expect(first.items.map((letter: { job: string }) => letter.job)).toEqual(['7', '6', '5', '4']);
  expect(first.items.map((letter: { payload: string }) => letter.payload.length)).toEqual([4096, 4096, 4096, 4000]);
  const rest = (await api.admin.get(`/v1/dead-letters?limit=4&cursor=${first.nextCursor}`)).json;
  expect(rest.items.map((letter: { job: string }) => letter.job)).toEqual(['3', '2', '1']);
  expect(rest.nextCursor).toBeUndefined();
  const swept = await api.admin.get('/v1/dead-letters?queue=berth.sweep');
  expect(swept.json.items.map((letter: { job: string }) => letter.job)).toEqual(['7', '6']);
  const wrong = await api.admin.get(`/v1/dead-letters?queue=berth.sweep&cursor=${first.nextCursor}`);
  expect(wrong.json.code).toBe('CURSOR_INVALID');
});

test('the call that puts them back is a path of its own', async () => {
  const get = await api.admin.get('/v1/dead-letters:redrive');
  expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
  expect((await api.admin.post('/v1/dead-letters::redrive', { queue: 'x' })).status).toBe(404);
});

test('`berth dead-letters` lists them and puts them back, which leaves a job in the outbox and a line in the audit', async () => {
  const listed = await cli('dead-letters', 'list', '--queue', 'berth.sweep');
  expect(listed.out.split('\n')[0]).toMatch(/^0199a3c4-[^\t]+7\tberth\.sweep\t[^\t]+Z\t0\tforged: no\. 7$/);
  const redriven = await cli('dead-letters', 'redrive', idOf(1), idOf(2), idOf(99));
  expect([redriven.code, redriven.out]).toEqual([0, `${idOf(1)}\n${idOf(2)}\n`]);
  const jobs = await api.query(
    `SELECT queue, job_id, payload FROM outbox WHERE queue = 'berth.preflight.request' ORDER BY id`,
  );
  expect(jobs[0]).toEqual({
    queue: 'berth.preflight.request',
    job_id: `${idOf(1)}.1`,
    payload: { v: 1, fleet: 'default', letter: idOf(1) },
  });
  expect(await api.query(`SELECT subject FROM audit WHERE action = 'dead-letter.redrive' ORDER BY id`)).toHaveLength(2);
  expect((await cli('dead-letters', 'list', '--limit', '7')).out).toContain('\t1, under way\t');
  expect((await cli('dead-letters', 'redrive', '--queue', 'berth.sweep', '-o', 'json')).out).toContain(idOf(6));
  expect((await cli('dead-letters', 'redrive', '--queue', 'berth.sweep')).err).toBe('nothing was put back\n');
  for (const argv of [[], [idOf(1), '--queue', 'berth.sweep']]) {
    const refused = await cli('dead-letters', 'redrive', ...argv);
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('name the letters, or --queue')]);
  }
});
