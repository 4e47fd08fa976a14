import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { beforeAll, describe, expect, test } from 'vitest';
import { MOST_STREAMS } from '../../apps/api/src/events/event-streams.js';
import { EventReader, gapsOf, PersistentReader } from '../support/event-reader.js';
import { useApi } from '../support/http-api.js';
import { soon } from '../support/soon.js';

const api = useApi();
const read = (query = '', lastEventId?: string): Promise<EventReader> =>
  EventReader.open({ url: api.url, key: api.admin.key, query, lastEventId });
const ids = (items: readonly { sequence: string }[]): number[] => items.map(({ sequence }) => Number(sequence));
const page = async (query = '') => (await api.admin.get(`/v1/events${query}`)).json;
const latest = async (): Promise<string> => (await page('?after=latest')).through;

beforeAll(async () => {
  await api.putHost('gh-1');
  await api.putVm('vm-1', 'gh-1');
  await api.admin.patch('/v1/hosts/gh-1', { state: 'cordoned' });
  await api.putVm('vm-1', 'gh-1', { runId: 'second' });
});

describe('an event', () => {
  test('is a CloudEvent as the specification’s own schema has it, on every way', async () => {
    const ajv = new Ajv({ strict: false });
    (addFormats as unknown as (ajv: Ajv) => void)(ajv);
    const schema = JSON.parse(readFileSync(new URL('../support/cloudevents.schema.json', import.meta.url), 'utf8'));
    const isCloudEvent = ajv.compile(schema);
    const { items } = await page();
    const reader = await read();
    await soon(() => reader.events.length).toBe(items.length);
    await reader.leave();
    expect(reader.events).toEqual(items);
    expect(items.length).toBeGreaterThanOrEqual(4);
    for (const event of items) {
      expect(isCloudEvent(event), JSON.stringify(isCloudEvent.errors)).toBe(true);
      expect(event).toMatchObject({
        specversion: '1.0',
        source: '/fleets/default',
        datacontenttype: 'application/json',
      });
      // the names of attributes: lower-case letters and digits
      for (const name of Object.keys(event)) expect(name).toMatch(/^[a-z0-9]{1,20}$/);
    }
    expect(items.map(({ type, subject }: { type: string; subject: string }) => [type, subject]).slice(0, 4)).toEqual([
      ['dev.berth.host.registered.v1', 'hosts/gh-1'],
      ['dev.berth.vm.registered.v1', 'vms/vm-1'],
      ['dev.berth.host.patched.v1', 'hosts/gh-1'],
      ['dev.berth.vm.changed.v1', 'vms/vm-1'],
    ]);
    const sequences = items.map(({ sequence }: { sequence: string }) => sequence);
    expect([...sequences].sort()).toEqual(sequences);
  });
});

describe('a page', () => {
  test('goes on by cursor or by sequence, and says how far it came', async () => {
    const first = await page('?limit=3');
    expect(ids(first.items)).toEqual([1, 2, 3]);
    expect(Number(first.through)).toBe(3);
    const rest = await page(`?limit=1000&cursor=${first.nextCursor}`);
    expect(ids(rest.items)[0]).toBe(4);
    expect(rest.nextCursor).toBeUndefined();
    expect(await page(`?limit=1000&after=${first.through}`)).toEqual(rest);
    expect(await page(`?after=${Number(first.through)}&limit=1000`)).toEqual(rest);
    expect(await page(`?after=${rest.through}`)).toEqual({ items: [], through: rest.through });
  });

  test('can be of some types and of one subject', async () => {
    const hosts = await page('?type=dev.berth.host.registered.v1&type=dev.berth.host.patched.v1&subject=hosts/gh-1');
    expect(ids(hosts.items)).toEqual([1, 3]);
    expect(hosts.through).toBe(await latest());
    expect((await page('?subject=hosts/nobody')).items).toEqual([]);
  });

  test('holds what the caller has just changed', async () => {
    for (let n = 0; n < 20; n += 1) {
      const after = await latest();
      await api.admin.patch('/v1/hosts/gh-1', { labels: { n: `${n}` } });
      expect((await page(`?after=${after}`)).items).toMatchObject([{ data: { changed: ['labels'] } }]);
    }
  });

  test('refuses what it does not understand, and names it', async () => {
    for (const query of [
      'after=-1',
      'after=x',
      'type=host.changed',
      'limit=0',
      'subject=',
      'since=1',
      `after=${'9'.repeat(21)}`,
    ]) {
      const refused = await api.admin.get(`/v1/events?${query}`);
      expect([refused.status, refused.json.code], query).toEqual([400, 'INVALID_QUERY']);
      expect(refused.json.errors[0].pointer ?? refused.json.errors[0].parameter, query).toContain(query.split('=')[0]);
    }
    const cursor = (await api.admin.get('/v1/keys?limit=1')).json.nextCursor ?? 'e30';
    expect((await api.admin.get(`/v1/events?cursor=${cursor}`)).json.code).toBe('CURSOR_INVALID');
  });
});

describe('a stream', () => {
  test('brings what was, then what comes', async () => {
    const reader = await read();
    expect(reader.response.headers.get('content-type')).toBe('text/event-stream');
    const before = ids((await page('?limit=1000')).items).length;
    await soon(() => reader.events.length).toBe(before);
    await api.putHost('gh-2');
    await soon(() => reader.events.at(-1)?.subject).toBe('hosts/gh-2');
    await reader.leave();
    expect(gapsOf(reader.events, 0)).toEqual([]);
    expect(reader.lastId).toBe(reader.events.at(-1)?.sequence);
  });

  test('goes on after the event that a client had last', async () => {
    for (const [query, header, first] of [
      ['', '0000000000000002', 3],
      ['', '2', 3],
      ['?after=0000000000000001', undefined, 2],
      ['?after=1', '3', 4],
      ['?after=oldest', '', 1],
    ] as const) {
      const reader = await read(query, header);
      await soon(() => reader.events.length).toBeGreaterThan(0);
      await reader.leave();
      expect(ids(reader.events)[0], `${query} ${header}`).toBe(first);
    }
  });

  test('of the latest begins with what comes next, and of a subject with that alone', async () => {
    const [next, one] = await Promise.all([read('?after=latest'), read('?after=latest&subject=hosts/gh-4')]);
    await api.putHost('gh-3');
    await api.putHost('gh-4');
    await soon(() => next.events.length).toBe(2);
    await soon(() => one.events.length).toBe(1);
    expect(next.events.map(({ subject }) => subject)).toEqual(['hosts/gh-3', 'hosts/gh-4']);
    expect(one.events.map(({ subject }) => subject)).toEqual(['hosts/gh-4']);
    await Promise.all([next.leave(), one.leave()]);
  });

  test('is refused, as a problem, when it asks for what cannot be had', async () => {
    const accept = { headers: { accept: 'text/event-stream' } };
    for (const [query, header, code] of [
      ['?cursor=e30', undefined, 'INVALID_QUERY'],
      ['?limit=5', undefined, 'INVALID_QUERY'],
      ['', 'yesterday', 'INVALID_QUERY'],
      ['?after=999999999', undefined, 'EVENTS_GONE'],
      ['', '999999999', 'EVENTS_GONE'],
    ] as const) {
      const headers = { ...accept.headers, ...(header === undefined ? {} : { 'last-event-id': header }) };
      const refused = await api.admin.get(`/v1/events${query}`, { headers });
      expect(refused.json.code, `${query} ${header}`).toBe(code);
      expect(refused.headers.get('content-type')).toContain('application/problem+json');
    }
    const gone = await api.admin.get('/v1/events?after=999999999');
    expect(gone.status).toBe(410);
    expect(gone.json).toMatchObject({ latest: await latest(), oldest: '0000000000000000' });
  });

  test('answers a HEAD with its type and nothing more', async () => {
    const head = await api.admin.call('HEAD', '/v1/events', { headers: { accept: 'text/event-stream' } });
    expect([head.status, head.headers.get('content-type'), head.text]).toEqual([200, 'text/event-stream', '']);
  });

  test('of another fleet knows nothing of this one', async () => {
    const theirs = await api.client('reader', { fleet: 'theirs' });
    const reader = await EventReader.open({ url: api.url, key: theirs.key });
    await api.putHost('gh-5');
    await soon(async () => (await page('?subject=hosts/gh-5')).items.length).toBe(1);
    await sleep(200);
    await reader.leave();
    expect(reader.events).toEqual([]);
    expect((await theirs.get('/v1/events')).json).toEqual({ items: [], through: '0000000000000000' });
  });
});

describe('many writers at once', () => {
  test('and readers whose links are cut: nothing is missed, nothing twice, and each host and VM in order', async () => {
    const after = await latest();
    const options = { url: api.url, key: api.admin.key, query: `?after=${after}` };
    const readers = Array.from({ length: 3 }, () => new PersistentReader(options));
    let writing = true;
    const cutting = (async () => {
      while (writing) {
        await sleep(40);
        await readers[Math.floor(Math.random() * readers.length)]?.cut();
      }
    })();
    const acknowledged = new Map<string, number>();
    const write = async (index: number): Promise<void> => {
      const host = `busy-${index}`;
      for (let n = 1; n <= 20; n += 1) {
        await api.putHost(host, { agent: { name: 'berth-agent', version: '0.1.0' }, cca: { rmm: `1.${n}` } });
        acknowledged.set(`hosts/${host}`, n);
        await api.putVm(`busy-vm-${index}`, host, { runId: `run ${n}` });
        acknowledged.set(`vms/busy-vm-${index}`, n);
      }
    };
    await Promise.all(Array.from({ length: 6 }, (_, index) => write(index)));
    writing = false;
    await cutting;
    const last = Number(await latest());
    for (const reader of readers) {
      // what an open stream holds is counted when it ends
      await soon(async () => {
        await reader.cut();
        await sleep(50);
        return Number(reader.events.at(-1)?.sequence);
      }).toBe(last);
      await reader.stop();
      expect(gapsOf(reader.events, Number(after))).toEqual([]);
      expect(reader.opened).toBeGreaterThan(3);
      for (const [subject, revisions] of acknowledged) {
        const seen = reader.events.filter((event) => event.subject === subject).map(({ data }) => data['revision']);
        expect(seen, subject).toEqual(Array.from({ length: revisions }, (_, n) => n + 1));
      }
    }
  }, 120_000);
});

describe('streams', () => {
  test('are served up to a number, and who leaves makes room', async () => {
    const readers: EventReader[] = [];
    for (let n = 0; n < MOST_STREAMS; n += 1) readers.push(await read('?after=latest'));
    expect(readers.every(({ response }) => response.status === 200)).toBe(true);
    const refused = await api.admin.get('/v1/events', { headers: { accept: 'text/event-stream' } });
    expect([refused.status, refused.json.code, refused.headers.get('retry-after')]).toEqual([503, 'STREAMS_FULL', '5']);
    // a page is no stream
    expect((await api.admin.get('/v1/events?limit=1')).status).toBe(200);
    await readers.pop()?.leave();
    const again = async (): Promise<number> => {
      const reader = await read('?after=latest');
      readers.push(reader);
      return reader.response.status;
    };
    await soon(again).toBe(200);
    await api.putHost('gh-6');
    const open = readers.filter(({ response }) => response.status === 200);
    await soon(() => open.filter(({ events }) => events.length === 1).length).toBe(MOST_STREAMS);
    await Promise.all(readers.map((reader) => reader.leave()));
  }, 120_000);
});
