import { SweepChunks } from '@berth/application';
import { createParser } from 'eventsource-parser';
import { beforeAll, expect, test } from 'vitest';
import { useApi } from '../support/http-api.js';

const api = useApi();
const request = { vms: { all: true }, targets: { names: ['t-1', 't-2', 't-3'] }, phases: ['vm', 'memslot', 'fault'] };

beforeAll(async () => {
  for (const host of ['t-1', 't-2', 't-3', 'home']) await api.putHost(host);
  await api.putVm('vm-1', 'home');
  await api.putVm('vm-2', 't-1');
});

const start = async (body: object = request) => {
  const started = await api.admin.post('/v1/sweeps', body);
  expect([started.status, started.headers.get('location')]).toEqual([202, `/v1/sweeps/${started.json.id}`]);
  return started.json;
};
const finish = (id: string): Promise<void> => api.work(id, api.runtime.useCase(SweepChunks));

interface Event {
  readonly event: string | undefined;
  readonly data: { state: string; progress: { done: number; total: number } };
}

/** All events until the server closes the stream, or as many as wanted. */
async function watch(
  id: string,
  onFirst: () => Promise<unknown> = async () => undefined,
  most = Infinity,
): Promise<Event[]> {
  const response = await fetch(`${api.url}/v1/sweeps/${id}/events`, {
    headers: { authorization: `Bearer ${api.admin.key}` },
  });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const events: Event[] = [];
  const parser = createParser({ onEvent: ({ event, data }) => events.push({ event, data: JSON.parse(data) }) });
  const decoder = new TextDecoder();
  let told = false;
  for await (const chunk of response.body ?? []) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    if (!told) await onFirst();
    told = true;
    // leaving the loop drops the connection
    if (events.length >= most) break;
  }
  return events;
}

test('a sweep is accepted, worked on and read', async () => {
  const sweep = await start();
  expect(sweep).toMatchObject({
    state: 'queued',
    policy: 'strict',
    phases: request.phases,
    progress: { done: 0, total: 5 },
    finishedAt: null,
  });
  expect((await api.admin.get(`/v1/sweeps/${sweep.id}/results`)).json).toEqual({ items: [] });
  await finish(sweep.id);
  const done = await api.admin.get(`/v1/sweeps/${sweep.id}`);
  expect(done.json).toMatchObject({
    state: 'succeeded',
    progress: { done: 5, total: 5 },
    counts: { compatible: 0, incompatible: 5, indeterminate: 0 },
  });

  const first = await api.admin.get(`/v1/sweeps/${sweep.id}/results?outcome=incompatible&limit=3`);
  const rest = await api.admin.get(
    `/v1/sweeps/${sweep.id}/results?outcome=incompatible&limit=3&cursor=${first.json.nextCursor}`,
  );
  const pairs = [...first.json.items, ...rest.json.items].map(
    ({ vm, host }: { vm: string; host: string }) => `${vm} ${host}`,
  );
  expect(pairs).toEqual(['vm-1 t-1', 'vm-1 t-2', 'vm-1 t-3', 'vm-2 t-2', 'vm-2 t-3']);
  expect(first.json.items[0].wouldFail).toMatchObject({ reason: 'CACHEABLE_PFNMAP_UNSUPPORTED', errno: 'EINVAL' });
  expect((await api.admin.get(`/v1/sweeps/${sweep.id}/results?cursor=${first.json.nextCursor}`)).json.code).toBe(
    'CURSOR_INVALID',
  );
  expect((await api.admin.get(`/v1/sweeps/${sweep.id}/results?outcome=compatible`)).json.items).toEqual([]);
  expect((await api.admin.delete(`/v1/sweeps/${sweep.id}`)).json.code).toBe('SWEEP_FINISHED');
});

test('a sweep is watched to its end', async () => {
  const { id } = await start();
  const events = await watch(id, () => finish(id));
  expect(events[0]).toMatchObject({ event: 'progress', data: { state: 'queued' } });
  expect(events.at(-1)).toMatchObject({ event: 'done', data: { state: 'succeeded', progress: { done: 5, total: 5 } } });
  expect(events.slice(0, -1).every(({ event }) => event === 'progress')).toBe(true);
  expect((await watch(id)).map(({ event }) => event)).toEqual(['progress', 'done']);
});

test('who watches may leave', async () => {
  const { id } = await start();
  expect(await watch(id, undefined, 1)).toHaveLength(1);
  const head = await api.admin.call('HEAD', `/v1/sweeps/${id}/events`);
  expect([head.status, head.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  await finish(id);
});

test('a sweep is cancelled once, however often it is asked', async () => {
  const { id } = await start();
  for (const _ of [1, 2])
    expect((await api.admin.delete(`/v1/sweeps/${id}`)).json).toMatchObject({ id, state: 'cancelled' });
  await finish(id);
  expect((await api.admin.get(`/v1/sweeps/${id}`)).json.state).toBe('cancelled');
  expect((await watch(id)).at(-1)).toMatchObject({ event: 'done', data: { state: 'cancelled' } });
});

test('selectors that select nothing, or name what is not there, are faults of the body', async () => {
  const cases = [
    [{ ...request, vms: { names: ['nobody'] } }, 'NAME_UNKNOWN', '/vms'],
    [{ ...request, targets: { names: ['t-1', 'nowhere'] } }, 'NAME_UNKNOWN', '/targets'],
    [{ ...request, vms: { labels: { team: 'x' } } }, 'SELECTOR_EMPTY', '/vms'],
    [{ vms: { names: ['vm-2'] }, targets: { names: ['t-1'] } }, 'SELECTOR_EMPTY', '/targets'],
    [{ ...request, vms: {} }, 'INVALID_DOCUMENT', '/vms'],
    [{ ...request, vms: { all: true, names: ['vm-1'] } }, 'INVALID_DOCUMENT', '/vms'],
  ] as const;
  for (const [body, code, pointer] of cases) {
    const refused = await api.admin.post('/v1/sweeps', body);
    expect([refused.status, refused.json.code, refused.json.errors[0].pointer]).toEqual([422, code, pointer]);
  }
});

test('an id that no sweep has is unknown, of whatever form', async () => {
  for (const id of ['0199a3c4-5d1e-7c3a-9b1f-2a6f0c8d4e11', 'x', 'constructor']) {
    for (const path of [`/v1/sweeps/${id}`, `/v1/sweeps/${id}/results`, `/v1/sweeps/${id}/events`]) {
      expect((await api.admin.get(path)).json.code).toBe('SWEEP_UNKNOWN');
    }
    expect((await api.admin.delete(`/v1/sweeps/${id}`)).json.code).toBe('SWEEP_UNKNOWN');
  }
});
