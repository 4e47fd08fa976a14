import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { pipeline } from 'node:stream';
import { type Caller, EventFeed, Keys } from '@berth/application';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { EventReader } from '../../../../test/support/event-reader.js';
import { fingerprint, minutesAgo, openFleet, type TestFleet } from '../../../../test/support/fleet.js';
import { soon } from '../../../../test/support/soon.js';
import { EventStreams, type StreamSettings } from './event-streams.js';

let fleet: TestFleet;
let server: Server;
let url: string;
let streams: EventStreams;
let caller: Caller;

beforeAll(async () => {
  fleet = await openFleet();
  // One stream for whoever comes, without the framework before it.
  server = createServer((request, response) => {
    if (streams.full) response.writeHead(503).end();
    else pipeline(streams.stream(caller, { after: 0 }, response.writeHead(200)), response, () => request.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server?.closeAllConnections();
  server?.close();
  await fleet?.close();
});

const SETTINGS: StreamSettings = {
  most: 5,
  silenceMilliseconds: 50,
  patienceMilliseconds: 60_000,
  keyMilliseconds: 60_000,
};

function serve(more: Partial<StreamSettings> = {}): void {
  const { events, sequencer, feedWatch } = fleet.database;
  const feed = new EventFeed(events, sequencer, feedWatch);
  // A memory of its own, so that a revoked key is known at once.
  streams = new EventStreams(feed, new Keys(fleet.database.work, fleet.database.keys), { ...SETTINGS, ...more });
}

beforeEach(async () => {
  const { id } = await fleet.keys.issue(fleet.operator, { role: 'reader' });
  caller = { fleet: 'default', keyId: id, role: 'reader' };
  serve();
});

const open = (): Promise<EventReader> => EventReader.open({ url, key: undefined });

test('says that it is still there, and where, while nothing happens', async () => {
  await fleet.registerFingerprint.run(fleet.operator, 'h', fingerprint(minutesAgo(9)));
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString();
  });
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await soon(() => text.match(/: still there\n\n/g)?.length ?? 0).toBeGreaterThan(2);
  socket.destroy();
  expect(text).toMatch(/retry: 2000\nid: 0000000000000000\n: following\n\n/);
  expect(text).toMatch(/id: 0000000000000001\ndata: \{"specversion":"1\.0"/);
  expect(text).toMatch(/id: 0000000000000001\n: still there\n\n/);
});

test('ends when the key is revoked with which it was asked for', async () => {
  serve({ keyMilliseconds: 0 });
  const reader = await open();
  await soon(() => reader.comments.some((comment) => comment.includes('still there'))).toBe(true);
  await fleet.keys.revoke(fleet.operator, caller.keyId);
  await soon(() => reader.ended).toBe(true);
});

test('ends when the server is asked to stop', async () => {
  const reader = await open();
  await soon(() => reader.comments.length).toBeGreaterThan(0);
  streams.onModuleDestroy();
  await reader.end;
  expect(reader.ended).toBe(true);
});

test('is cut when its reader takes nothing, which holds up nobody else', async () => {
  serve({ patienceMilliseconds: 500, silenceMilliseconds: 60_000 });
  await fleet.database.pool.query(
    `INSERT INTO event (fleet, type, subject, data) SELECT 'default', 'host.patched', 'hosts/h', json_build_object('n', n, 'filler', repeat('x', 3000))::text FROM generate_series(1, 5000) n`,
  );
  let cut = false;
  server.once('connection', (near) => {
    near.once('close', () => {
      cut = true;
    });
  });
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  socket.pause();
  const reader = await open();
  await soon(() => reader.events.length).toBeGreaterThanOrEqual(5000);
  await soon(() => cut).toBe(true);
  expect(reader.ended).toBe(false);
  await reader.leave();
  socket.destroy();
});

test('counts those that are open, however they end', async () => {
  serve({ most: 2 });
  const readers = [await open(), await open()];
  expect((await open()).response.status).toBe(503);
  await readers[0]?.leave();
  await soon(() => streams.full).toBe(false);
  const third = await open();
  expect(third.response.status).toBe(200);
  expect(streams.full).toBe(true);
  streams.onModuleDestroy();
  await soon(() => streams.full).toBe(false);
  await Promise.all([...readers, third].map((reader) => reader.leave()));
});
