import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { selfSigned } from '../../../../test/support/certificate.js';
import { fingerprint, minutesAgo } from '../../../../test/support/fleet.js';
import { soon } from '../../../../test/support/soon.js';
import { Webhook } from '../../../../test/support/standard-webhooks.js';
import { type LabOptions, WebhookLab } from '../../../../test/support/webhook-lab.js';
import type { Received, WebhookReceiver } from '../../../../test/support/webhook-receiver.js';

let lab: WebhookLab;
const open = async (options?: LabOptions): Promise<void> => {
  lab = await WebhookLab.open(options);
};
afterEach(async () => {
  await lab?.close();
  expect(lab?.broken).toEqual([]);
});

function onlyOf({ received }: WebhookReceiver): Received {
  const [only, ...others] = received;
  if (only === undefined || others.length > 0) throw new Error(`${received.length} messages`);
  return only;
}
const subjects = (receiver: WebhookReceiver): string[] => receiver.taken.map(({ event }) => event.subject);
const revisions = (receiver: WebhookReceiver, host: string): number[] =>
  receiver.taken.filter(({ event }) => event.subject === `hosts/${host}`).map(({ event }) => event.data.revision);
const upTo = (n: number): number[] => Array.from({ length: n }, (_, index) => index + 1);

describe('a receiver that is well', () => {
  test('gets every event once, signed, as the feed has it, and in the order of its subject', async () => {
    await open();
    lab.work();
    const { receiver, id } = await lab.hooked();
    for (const _ of upTo(4)) for (const host of ['a', 'b', 'c']) await lab.happen(host);
    await soon(() => receiver.received.length).toBe(12);
    expect(receiver.forged).toEqual([]);
    for (const host of ['a', 'b', 'c']) expect(revisions(receiver, host)).toEqual([1, 2, 3, 4]);
    for (const { id: messageId, event, headers } of receiver.received) {
      expect(messageId).toBe(event.id);
      expect(headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
      expect(headers['webhook-timestamp']).toMatch(/^\d{10}$/);
      expect(event).toMatchObject({ specversion: '1.0', source: '/fleets/default' });
    }
    await soon(async () => (await lab.get(id)).pending).toBe(0);
    const log = await lab.deliveries(id);
    expect(log.map(({ number, state }) => [number, state])).toEqual(
      upTo(12)
        .reverse()
        .map((n) => [n, 'delivered']),
    );
    expect(log.every(({ attempts }) => attempts.length === 1 && attempts[0]?.status === 204)).toBe(true);
  });

  test('gets only what it asked for, and only of its own fleet', async () => {
    await open();
    lab.work();
    const { receiver, id } = await lab.hooked(['host.patched']);
    const all = await lab.hooked();
    await lab.happen('a');
    await lab.fleet.hosts.patch(lab.fleet.operator, 'a', { state: 'cordoned' });
    await lab.fleet.registerFingerprint.run(lab.fleet.stranger, 'theirs', fingerprint(minutesAgo(9)));
    await lab.happen('a');
    await soon(() => all.receiver.received.length).toBe(3);
    expect(receiver.received.map(({ event }) => event.type)).toEqual(['dev.berth.host.patched.v1']);
    await soon(async () => (await lab.get(id)).through).toBe(3);
    expect(subjects(all.receiver)).not.toContain('hosts/theirs');
  });

  test('is told from when it was made, and not before', async () => {
    await open();
    await lab.happen('a');
    const { receiver } = await lab.hooked();
    lab.work();
    await lab.happen('a');
    await soon(() => receiver.received.length).toBe(1);
    expect(revisions(receiver, 'a')).toEqual([2]);
  });
});

describe('a receiver that is not well', () => {
  test('and fails gets each message again, with the same id', async () => {
    await open();
    lab.work();
    const { receiver, id } = await lab.hooked();
    receiver.behave = () => (receiver.received.length < 2 ? 500 : 200);
    await lab.happen('a');
    await soon(async () => (await lab.deliveries(id))[0]?.state).toBe('delivered');
    expect(receiver.received.map(({ status }) => status)).toEqual([500, 500, 200]);
    expect(new Set(receiver.received.map((message) => message.id)).size).toBe(1);
    expect(receiver.forged).toEqual([]);
    expect((await lab.deliveries(id))[0]?.attempts.map(({ attempt, status }) => [attempt, status])).toEqual([
      [1, 500],
      [2, 500],
      [3, 200],
    ]);
  });

  test('and hangs, answers late, redirects or closes the link fails with a reason', async () => {
    await open({ timeoutMilliseconds: 300 });
    lab.work({ retryBaseMilliseconds: 3_600_000 });
    const canary = await lab.receiver();
    const outcomes: Record<string, string | number | undefined> = {};
    const behaviours = {
      hangs: () => new Promise<number>(() => undefined),
      late: async () => {
        await sleep(1_000);
        return 200;
      },
      redirects: (_: unknown, response: ServerResponse) => {
        response.writeHead(307, { location: canary.url }).end();
        return 307;
      },
      closes: (_: unknown, response: ServerResponse) => {
        response.socket?.destroy();
        return 500;
      },
      endless: (_: unknown, response: ServerResponse) => {
        response.writeHead(500);
        const timer = setInterval(() => response.write('x'.repeat(65_536)), 1);
        response.once('close', () => clearInterval(timer));
        return 500;
      },
    };
    for (const [name, behave] of Object.entries(behaviours)) {
      const { receiver, id } = await lab.hooked();
      receiver.behave = behave;
      await lab.happen('a');
      await soon(async () => (await lab.deliveries(id))[0]?.attempts.length).toBe(1);
      const attempt = (await lab.deliveries(id))[0]?.attempts[0];
      outcomes[name] = attempt?.status ?? attempt?.error;
      await lab.webhooks.remove(lab.fleet.operator, id);
    }
    expect(outcomes).toEqual({
      hangs: 'no answer in 300 ms',
      late: 'no answer in 300 ms',
      redirects: 307,
      closes: 'the receiver closed the link without an answer',
      endless: 500,
    });
    expect(canary.received).toEqual([]);
  });

  test('and goes away loses nothing, and catches up as soon as it is back', async () => {
    await open({ settings: { retryBaseMilliseconds: 50 } });
    lab.work();
    const { receiver, id } = await lab.hooked();
    await lab.happen('a');
    await soon(() => receiver.received.length).toBe(1);
    await receiver.stop();
    for (const _ of upTo(6)) for (const host of ['a', 'b', 'c', 'd', 'e', 'f']) await lab.happen(host);
    await soon(async () => (await lab.deliveries(id)).filter(({ attempts }) => attempts.length > 1).length).toBe(6);
    const refused = (await lab.deliveries(id)).at(-2)?.attempts[0]?.error;
    expect(refused).toBe('connection refused');
    await receiver.listen();
    await lab.happen('g');
    await soon(() => receiver.taken.length).toBe(38);
    expect(revisions(receiver, 'a')).toEqual(upTo(7));
    for (const host of ['b', 'c', 'd', 'e', 'f']) expect(revisions(receiver, host)).toEqual(upTo(6));
    expect(receiver.forged).toEqual([]);
    await soon(async () => lab.get(id)).toMatchObject({ pending: 0, failingSince: undefined });
  }, 120_000);

  test('for one message holds back its subject, and nothing else', async () => {
    await open({ settings: { retryBaseMilliseconds: 100 } });
    lab.work();
    const { receiver } = await lab.hooked();
    receiver.behave = ({ event }) => {
      const isHeld = event.subject === 'hosts/sick' && event.data.revision === 2;
      return isHeld && revisions(receiver, 'sound').length < 4 ? 500 : 200;
    };
    for (const _ of upTo(4)) for (const host of ['sick', 'sound']) await lab.happen(host);
    await soon(() => receiver.taken.length).toBe(8);
    const seen = receiver.received.map(({ event, status }) => `${event.subject} ${event.data.revision} ${status}`);
    expect(seen).toContain('hosts/sick 2 500');
    expect(seen.indexOf('hosts/sick 3 200')).toBeGreaterThan(seen.indexOf('hosts/sick 2 200'));
    for (const host of ['sick', 'sound']) expect(revisions(receiver, host)).toEqual(upTo(4));
  });

  test('is given up in the end, and what comes after goes on', async () => {
    await open({ settings: { retryBaseMilliseconds: 0 } });
    lab.work();
    const { receiver, id } = await lab.hooked();
    receiver.behave = ({ event }) => (event.data.revision === 1 ? 500 : 200);
    await lab.happen('a');
    await lab.happen('a');
    await soon(() => receiver.taken.length).toBe(1);
    expect(receiver.received.filter(({ status }) => status === 500)).toHaveLength(10);
    await soon(async () => (await lab.deliveries(id)).map(({ state, attempts }) => [state, attempts.length])).toEqual([
      ['delivered', 1],
      ['failed', 10],
    ]);
  });

  test('and asks to be left alone is, for so long', async () => {
    await open({ settings: { retryBaseMilliseconds: 1 } });
    lab.work();
    const { receiver, id } = await lab.hooked();
    const other = await lab.hooked();
    receiver.behave = (_, response) => {
      response.setHeader('retry-after', '120');
      return 429;
    };
    await lab.happen('a');
    await soon(() => lab.get(id)).toMatchObject({ failingSince: expect.any(Date) });
    await lab.happen('b');
    await soon(() => other.receiver.taken.length).toBe(2);
    expect(receiver.received).toHaveLength(1);
    const paused = 'SELECT not_before - now() BETWEEN $2 AND $3 AS paused FROM webhook WHERE id = $1';
    expect(await lab.sql(paused, [id, '60 s', '120 s'])).toEqual([{ paused: true }]);
    receiver.well();
    await lab.sql('UPDATE webhook SET not_before = now()');
    await soon(() => receiver.taken.length).toBe(2);
  });
});

describe('a receiver that wants no more', () => {
  test('answers 410 and is left alone; others hear of it, and nothing is lost', async () => {
    await open();
    lab.work();
    const other = await lab.hooked(['webhook.disabled']);
    const { receiver, id } = await lab.hooked();
    receiver.behave = () => 410;
    await lab.happen('a');
    await soon(async () => lab.get(id)).toMatchObject({ state: 'disabled', disabledWhy: 'gone' });
    await lab.happen('a');
    await soon(() => other.receiver.taken.map(({ event }) => [event.subject, event.data])).toEqual([
      [`webhooks/${id}`, { webhook: id, why: 'gone' }],
    ]);
    expect(receiver.received).toHaveLength(1);
    expect(await lab.sql(`SELECT key_id, detail FROM audit WHERE action = 'webhook.disable'`)).toEqual([
      { key_id: 'berth', detail: { why: 'gone' } },
    ]);
    receiver.well();
    await lab.webhooks.patch(lab.fleet.operator, id, { state: 'enabled' });
    await soon(() => revisions(receiver, 'a')).toEqual([1, 2]);
  });

  test('or has failed for days is disabled', async () => {
    await open({ settings: { retryBaseMilliseconds: 0, disableAfterMilliseconds: 3_600_000 } });
    const { receiver, id } = await lab.hooked();
    receiver.behave = () => 503;
    const courier = lab.courier();
    await lab.happen('a');
    await courier.round();
    await soon(async () => (await lab.get(id)).failingSince).toBeInstanceOf(Date);
    expect((await lab.get(id)).state).toBe('enabled');
    await lab.sql(`UPDATE webhook SET failing_since = failing_since - interval '2 hours'`);
    await courier.round();
    await soon(async () => lab.get(id)).toMatchObject({ state: 'disabled', disabledWhy: 'failing' });
    await courier.stop();
  });
});

describe('receivers that are slow', () => {
  test('do not hold up others, and none is sent more at once than it is meant to bear', async () => {
    await open({ timeoutMilliseconds: 20_000 });
    lab.work();
    let hanging = true;
    const slow = await Promise.all(upTo(4).map(() => lab.hooked()));
    for (const { receiver } of slow) {
      receiver.behave = async () => {
        while (hanging) await sleep(20);
        return 200;
      };
    }
    const { receiver } = await lab.hooked();
    const hosts = upTo(20).map((n) => `h${n}`);
    for (const host of hosts) await lab.happen(host);
    await soon(() => receiver.taken.length).toBe(20);
    for (const each of slow) {
      expect(each.receiver.received).toEqual([]);
      expect(each.receiver.atOnce).toBe(4);
    }
    expect(receiver.mostAtOnce).toBeLessThanOrEqual(4);
    hanging = false;
    for (const each of slow) await soon(() => each.receiver.taken.length).toBe(20);
    for (const each of slow) expect(each.receiver.mostAtOnce).toBe(4);
  });

  test('fill their window and leave the rest in the feed', async () => {
    await open();
    const { receiver, id } = await lab.hooked();
    await lab.sql(
      `INSERT INTO event (fleet, type, subject, data) SELECT 'default', 'host.patched', 'hosts/h' || n, '{}' FROM generate_series(1, 620) n`,
    );
    await lab.sql('SELECT sequence_events(5000)');
    const courier = lab.courier({
      limits: { most: 1, leaseMilliseconds: 20_000, perWebhook: 1, perFailing: 1, failing: 5 },
    });
    await courier.round();
    expect(await lab.get(id)).toMatchObject({ pending: 500, through: 500 });
    await courier.stop();
    lab.work();
    await soon(() => receiver.taken.length).toBe(620);
  });
});

describe('couriers', () => {
  test('at the same work send each message once when nothing goes wrong', async () => {
    await open();
    const { receiver, id } = await lab.hooked();
    for (const _ of upTo(3)) lab.work();
    for (const _ of upTo(6)) for (const host of ['a', 'b', 'c', 'd', 'e']) await lab.happen(host);
    await soon(() => receiver.taken.length).toBe(30);
    await soon(async () => (await lab.get(id)).pending).toBe(0);
    expect(receiver.received).toHaveLength(30);
    for (const host of ['a', 'b', 'c', 'd', 'e']) expect(revisions(receiver, host)).toEqual(upTo(6));
    expect(receiver.mostAtOnce).toBeLessThanOrEqual(4);
  });

  test('give back at once what they are stopped in the middle of', async () => {
    await open({ timeoutMilliseconds: 20_000 });
    const { receiver, id } = await lab.hooked();
    receiver.behave = () => new Promise(() => undefined);
    await lab.happen('a');
    const courier = lab.courier();
    await courier.round();
    await soon(() => receiver.atOnce).toBe(1);
    await courier.stop();
    expect((await lab.deliveries(id))[0]).toMatchObject({ state: 'pending', attempts: [] });
    receiver.well();
    lab.work();
    await soon(async () => (await lab.deliveries(id))[0]).toMatchObject({
      state: 'delivered',
      attempts: [{ attempt: 1, status: 204 }],
    });
  });

  test('that vanish are replaced when their leases end, and a late failure of theirs changes nothing', async () => {
    await open({ timeoutMilliseconds: 20_000 });
    const { receiver, id } = await lab.hooked();
    let release: (status: number) => void = () => undefined;
    receiver.behave = () =>
      new Promise((resolve) => {
        release = resolve;
      });
    await lab.happen('a');
    const vanished = lab.courier({
      limits: { most: 4, leaseMilliseconds: 300, perWebhook: 4, perFailing: 1, failing: 5 },
    });
    await vanished.round();
    await soon(() => receiver.atOnce).toBe(1);
    const answerLate = release;
    const { settled } = vanished;
    receiver.well();
    lab.work();
    await soon(async () => (await lab.deliveries(id))[0]?.state).toBe('delivered');
    answerLate(500);
    await settled;
    expect((await lab.deliveries(id))[0]).toMatchObject({
      state: 'delivered',
      attempts: [
        { attempt: 1, status: 500 },
        { attempt: 2, status: 204 },
      ],
    });
    await vanished.stop();
  });
});

describe('a secret', () => {
  test('is shown once, and is in no answer, log line or audit row after', async () => {
    await open();
    lab.work();
    const { receiver, id } = await lab.hooked();
    const { secret = '' } = receiver;
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    await lab.happen('a');
    await soon(() => receiver.received.length).toBe(1);
    const raw = secret.slice('whsec_'.length);
    const said = JSON.stringify([
      await lab.get(id),
      await lab.deliveries(id),
      await lab.sql('SELECT audit::text, event::text FROM audit, event'),
      receiver.received,
    ]);
    expect(said).not.toContain(raw);
    expect(said).not.toContain(Buffer.from(raw, 'base64').toString('hex'));
  });

  test('that is rotated signs beside the new one for a while', async () => {
    await open();
    lab.work();
    const { receiver, id } = await lab.hooked();
    const old = receiver.secret ?? '';
    const rotated = await lab.webhooks.rotate(lab.fleet.operator, id, 3_600_000);
    if (rotated.kind !== 'made') throw new Error(rotated.kind);
    expect(rotated.secret).not.toBe(old);
    await lab.happen('a');
    await soon(() => receiver.received.length).toBe(1);
    expect(receiver.forged).toEqual([]);
    const { headers, body } = onlyOf(receiver);
    expect(headers['webhook-signature']?.split(' ')).toHaveLength(2);
    for (const secret of [old, rotated.secret]) expect(() => new Webhook(secret).verify(body, headers)).not.toThrow();
    await lab.sql(`UPDATE webhook SET old_secret_until = now() - interval '1 s'`);
    await lab.happen('a');
    await soon(() => receiver.received.length).toBe(2);
    const last = receiver.received.at(-1);
    expect(last?.headers['webhook-signature']?.split(' ')).toHaveLength(1);
    expect(() => new Webhook(rotated.secret).verify(last?.body ?? '', last?.headers ?? {})).not.toThrow();
    expect(() => new Webhook(old).verify(last?.body ?? '', last?.headers ?? {})).toThrow();
  });

  test('signs every byte: one that is flipped is noticed', async () => {
    await open();
    lab.work();
    const { receiver } = await lab.hooked();
    await lab.happen('a');
    await soon(() => receiver.received.length).toBe(1);
    const { headers, body } = onlyOf(receiver);
    const webhook = new Webhook(receiver.secret ?? '');
    for (let at = 0; at < body.length; at += 1) {
      const flipped = body.slice(0, at) + String.fromCharCode(body.charCodeAt(at) ^ 1) + body.slice(at + 1);
      expect(() => webhook.verify(flipped, headers)).toThrow();
    }
    expect(() => webhook.verify(body, { ...headers, 'webhook-id': 'another' })).toThrow();
  });
});

describe('asked for by hand', () => {
  test('a test goes the way of all messages, once, and brings back what waits', async () => {
    await open({ settings: { retryBaseMilliseconds: 100_000 } });
    lab.work();
    const { receiver, id } = await lab.hooked();
    receiver.behave = () => 500;
    for (const host of ['a', 'b', 'c', 'd', 'e', 'f']) await lab.happen(host);
    await soon(async () => (await lab.deliveries(id)).filter(({ attempts }) => attempts.length === 1).length).toBe(6);
    const failed = await lab.webhooks.test(lab.fleet.operator, id);
    if (failed.kind !== 'found') throw new Error(failed.kind);
    await soon(async () => (await lab.deliveries(id))[0]).toMatchObject({ kind: 'test', state: 'failed' });
    receiver.well();
    await lab.webhooks.test(lab.fleet.operator, id);
    await soon(() => receiver.taken.length).toBe(7);
    const test = receiver.taken.find(({ event }) => event.type === 'dev.berth.webhook.test.v1');
    expect(test?.event).toMatchObject({ specversion: '1.0', data: {} });
    expect(receiver.forged).toEqual([]);
  });

  test('a disabled webhook can be tested, and is sent nothing else', async () => {
    await open();
    lab.work();
    const { receiver, id } = await lab.hooked();
    await lab.webhooks.patch(lab.fleet.operator, id, { state: 'disabled' });
    await lab.happen('a');
    await lab.webhooks.test(lab.fleet.operator, id);
    await soon(() => receiver.received.length).toBe(1);
    await sleep(200);
    expect(receiver.received.map(({ event }) => event.type)).toEqual(['dev.berth.webhook.test.v1']);
  });

  test('one event, or a stretch of the feed, is sent again', async () => {
    await open();
    lab.work();
    const { receiver, id } = await lab.hooked();
    for (const _ of upTo(5)) await lab.happen('a');
    await soon(() => receiver.received.length).toBe(5);
    const [first] = receiver.received;
    expect(await lab.webhooks.replay(lab.fleet.operator, id, { event: first?.id ?? '' })).toMatchObject({ queued: 1 });
    await soon(() => receiver.received.length).toBe(6);
    expect(receiver.received[5]?.body).toBe(first?.body);
    const replayed = await lab.webhooks.replay(lab.fleet.operator, id, { after: 1, through: 4 });
    expect(replayed).toEqual({ kind: 'replaying', queued: 3, through: 4 });
    await soon(() => receiver.received.length).toBe(9);
    expect(receiver.received.slice(6).map(({ event }) => event.data.revision)).toEqual([2, 3, 4]);
    expect(await lab.webhooks.replay(lab.fleet.operator, id, { after: 4 })).toMatchObject({ queued: 1, through: 5 });
    const unknown = 'b7e23ec2-9af5-4f2b-8c8e-0f3f4c1f2a10';
    expect(await lab.webhooks.replay(lab.fleet.operator, id, { event: unknown })).toMatchObject({
      kind: 'event-unknown',
    });
    await soon(() => receiver.received.length).toBe(10);
    expect(receiver.forged).toEqual([]);
  });
});

test('what is no longer kept is not sent, and does not stand in the way', async () => {
  await open();
  const { receiver, id } = await lab.hooked();
  receiver.behave = () => 500;
  const courier = lab.courier({ retryBaseMilliseconds: 1 });
  await lab.happen('a');
  await courier.round();
  await soon(async () => (await lab.deliveries(id))[0]?.attempts.length).toBe(1);
  await lab.sql('DELETE FROM event');
  receiver.well();
  await lab.happen('a');
  lab.work();
  await soon(async () => (await lab.deliveries(id)).map(({ state }) => state)).toEqual(['delivered', 'failed']);
  expect((await lab.deliveries(id))[1]?.attempts.at(-1)?.error).toBe('the event is no longer kept');
  await courier.stop();
});

describe('an address', () => {
  const hidden = 'https://receiver.example.com/hook';

  test('that was good when it was given, and leads inside when it is used, is not sent to', async () => {
    const answers = ['93.184.215.14', '127.0.0.1'];
    const resolve = async () => [{ address: answers.shift() ?? '127.0.0.1', family: 4 as const }];
    await open({ allowPrivate: false, resolve });
    const canary = await lab.receiver();
    const made = await lab.webhooks.create(lab.fleet.operator, {
      url: `${hidden}:${canary.port}`.replace('/hook', ''),
      types: [],
    });
    if (made.kind !== 'made') throw new Error(made.why);
    lab.work({ retryBaseMilliseconds: 100_000 });
    await lab.happen('a');
    await soon(async () => (await lab.deliveries(made.webhook.id))[0]?.attempts[0]?.error).toBe(
      'not sent: the address is at 127.0.0.1, where nothing is sent (private)',
    );
    expect(canary.received).toEqual([]);
  });

  test('inside is refused when it is given, and nothing is written', async () => {
    await open({ allowPrivate: false, resolve: async () => [{ address: '10.0.0.1', family: 4 }] });
    for (const url of [hidden, 'https://127.0.0.1/', 'https://[::ffff:10.0.0.1]/', 'http://1.1.1.1/'])
      expect(await lab.webhooks.create(lab.fleet.operator, { url, types: [] })).toMatchObject({
        kind: 'address-refused',
      });
    expect(await lab.sql('SELECT FROM webhook')).toEqual([]);
    expect(await lab.sql('SELECT FROM audit')).toEqual([]);
  });

  test('is the one that was looked at, whatever the name means to the system', async () => {
    await open({ resolve: async () => [{ address: '127.0.0.1', family: 4 }] });
    lab.work();
    const { receiver } = await lab.hooked([], await lab.receiver(undefined, 'no-such-name.invalid'));
    await lab.happen('a');
    await soon(() => receiver.received.length).toBe(1);
    expect(receiver.received[0]?.headers['host']).toBe(`no-such-name.invalid:${receiver.port}`);
  });

  test('by HTTPS must prove its name', async () => {
    const certificate = selfSigned('receiver.example.com');
    const resolve = async () => [{ address: '127.0.0.1', family: 4 as const }];
    const outcomes: unknown[] = [];
    for (const [host, ca] of [
      ['receiver.example.com', certificate.cert],
      ['other.example.com', certificate.cert],
      ['receiver.example.com', undefined],
    ] as const) {
      await open({ resolve, ...(ca === undefined ? {} : { ca }) });
      lab.work({ retryBaseMilliseconds: 100_000 });
      const { receiver, id } = await lab.hooked([], await lab.receiver(certificate, host));
      await lab.happen('a');
      await soon(async () => (await lab.deliveries(id))[0]?.attempts.length).toBe(1);
      const [attempt] = (await lab.deliveries(id))[0]?.attempts ?? [];
      outcomes.push([attempt?.status ?? attempt?.error, receiver.received.length]);
      await lab.close();
    }
    expect(outcomes).toEqual([
      [204, 1],
      ['the certificate is for another name', 0],
      ['the certificate is self-signed', 0],
    ]);
    await open();
  });
});
