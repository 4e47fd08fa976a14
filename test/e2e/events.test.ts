// Events between processes as they run: two APIs, two workers, readers of streams and a receiver of webhooks.
import { setTimeout as sleep } from 'node:timers/promises';
import { EXAMPLE_FINGERPRINT, EXAMPLE_MANIFEST } from '@berth/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EventLab } from '../support/event-lab.js';
import { type CloudEventRead, EventReader, gapsOf, PersistentReader } from '../support/event-reader.js';
import { soon } from '../support/soon.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';

let lab: EventLab;
let receiver: WebhookReceiver;

beforeAll(async () => {
  lab = await EventLab.open();
  receiver = await WebhookReceiver.start();
  for (const program of ['api', 'api', 'worker', 'worker'] as const) await lab.start(program);
}, 120_000);
afterAll(async () => {
  await receiver?.stop();
  await lab?.close();
});

/** Asks one server after the other until one has answered; what is not known to be done is asked for again. */
async function put(path: string, body: object): Promise<number> {
  for (let attempt = 0; ; attempt += 1) {
    const answer = await lab
      .client(attempt)
      .put(path, body)
      .catch(() => undefined);
    if (answer !== undefined && answer.status < 300) return answer.json.revision;
    if (answer !== undefined && answer.status < 500) throw new Error(answer.text);
    await sleep(20);
  }
}

/** Each program once. */
const KILLS = 4;

const latest = async (): Promise<number> => {
  const answer = await lab.client().get('/v1/events?after=latest');
  return Number(answer.json.through);
};

test('a change made at one process is seen by a stream of another, and soon', async () => {
  const reader = await EventReader.open({ url: lab.urls[1] ?? '', key: lab.key, query: '?after=latest' });
  const answers: number[] = [];
  const arrivals: number[] = [];
  for (let n = 1; n <= 200; n += 1) {
    const began = performance.now();
    const body = { ...EXAMPLE_MANIFEST, host: 'somewhere', runId: `run ${n}` };
    const answered = lab
      .client(0)
      .put('/v1/vms/timed/manifest', body)
      .then(() => answers.push(performance.now() - began));
    while (reader.events.length < n) await sleep(1);
    arrivals.push(performance.now() - began);
    await answered;
  }
  await reader.leave();
  console.log(
    `a change is answered after ${spread(answers)}; a stream of another process has it after ${spread(arrivals)}`,
  );
  expect(reader.events.map(({ data }) => data['revision'])).toEqual(Array.from({ length: 200 }, (_, n) => n + 1));
}, 120_000);

test('kill -9 of APIs and workers: nothing acknowledged is missing, in the streams or at the receiver', async () => {
  const client = lab.client();
  const webhook = (await client.post('/v1/webhooks', { url: receiver.url })).json;
  receiver.secret = webhook.secret;
  let hangs = 0;
  receiver.behave = async () => {
    // some are in the middle of being sent when a worker dies
    if (Math.random() > 0.1) return 204;
    hangs += 1;
    await sleep(1_000);
    return Math.random() < 0.5 ? 204 : 500;
  };
  const after = await latest();
  const options = { url: lab.urls[0] ?? '', key: lab.key, query: `?after=${after}` };
  const readers = [new PersistentReader(options, lab.urls), new PersistentReader(options, [...lab.urls].reverse())];
  const acknowledged = new Map<string, number>();
  let killing = true;
  const write = async (index: number): Promise<void> => {
    for (let n = 1; killing || n <= 10; n += 1) {
      const facts = { ...EXAMPLE_FINGERPRINT, collectedAt: new Date().toISOString(), cca: { rmm: `1.${n}` } };
      acknowledged.set(`hosts/k-${index}`, await put(`/v1/hosts/k-${index}/fingerprint`, facts));
      const needs = { ...EXAMPLE_MANIFEST, host: `k-${index}`, runId: `run ${n}` };
      acknowledged.set(`vms/v-${index}`, await put(`/v1/vms/v-${index}/manifest`, needs));
      await sleep(100);
    }
  };
  const writers = Array.from({ length: 4 }, (_, index) => write(index));
  for (let kill = 0; kill < KILLS; kill += 1) {
    await sleep(100 + Math.random() * 400);
    await lab.replace(kill % lab.parts);
  }
  killing = false;
  await Promise.all(writers);
  receiver.well();
  const last = await latest();
  const all = await inFull(after, last);
  for (const reader of readers) {
    await soon(async () => {
      await reader.cut();
      await sleep(100);
      return Number(reader.events.at(-1)?.sequence);
    }).toBe(last);
    await reader.stop();
    expect(gapsOf(reader.events, after)).toEqual([]);
    for (const [subject, revision] of acknowledged)
      expect(revisionsOf(reader.events, subject), subject).toEqual(upTo(revision));
  }
  // the lease of what a killed worker had in its hands has to end first
  await expect.poll(() => missing(all), { timeout: 90_000 }).toEqual([]);
  expect(receiver.forged).toEqual([]);
  const arrived = receiver.taken.map(({ event }) => event as CloudEventRead);
  for (const [subject, revision] of acknowledged)
    expect(revisionsOf(arrived, subject), subject).toEqual(upTo(revision));
  const twice = receiver.received.length - new Set(receiver.received.map(({ id }) => id)).size;
  console.log(`${all.length} events, ${KILLS} kills, ${hangs} slow answers, ${twice} messages more than once`);
}, 300_000);

function spread(times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1);
  return `${at(0.5)} ms (median), ${at(0.99)} ms (p99)`;
}

const upTo = (n: number): number[] => Array.from({ length: n }, (_, index) => index + 1);
const revisionsOf = (events: readonly CloudEventRead[], subject: string): unknown[] =>
  events.filter((event) => event.subject === subject).map(({ data }) => data['revision']);

/** The feed, read page by page. */
async function inFull(after: number, last: number): Promise<CloudEventRead[]> {
  const events: CloudEventRead[] = [];
  for (let place = after; place < last; ) {
    const page = (await lab.client().get(`/v1/events?after=${place}&limit=100`)).json;
    events.push(...page.items);
    place = Number(page.through);
  }
  return events;
}

/** What the receiver has not taken yet. */
function missing(all: readonly CloudEventRead[]): string[] {
  const taken = new Set(receiver.taken.map(({ id }) => id));
  return all.filter(({ id }) => !taken.has(id)).map(({ subject, sequence }) => `${sequence} ${subject}`);
}
