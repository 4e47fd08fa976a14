// `berth events` and `berth webhook` against the programs as they run, with a receiver of messages beside them.
import { setTimeout as sleep } from 'node:timers/promises';
import { EXAMPLE_FINGERPRINT } from '@berth/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { berth, type CliAnswer, type CliOptions } from '../support/cli.js';
import { EventLab } from '../support/event-lab.js';
import { soon } from '../support/soon.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';

let lab: EventLab;
let receiver: WebhookReceiver;
let clock = Date.now() - 3_600_000;

const ask = (argv: string[], options: CliOptions = {}): Promise<CliAnswer> =>
  berth(argv, { ...options, env: { BERTH_URL: lab.urls[0] ?? '', BERTH_KEY: lab.key, NO_COLOR: '1' } });

async function happen(host: string): Promise<void> {
  clock += 1_000;
  const facts = { ...EXAMPLE_FINGERPRINT, collectedAt: new Date(clock).toISOString(), cca: { rmm: `1.${clock}` } };
  const { status } = await lab.client().put(`/v1/hosts/${host}/fingerprint`, facts);
  expect(status).toBeLessThan(300);
}

beforeAll(async () => {
  lab = await EventLab.open();
  receiver = await WebhookReceiver.start();
  await Promise.all([lab.start('api'), lab.start('worker')]);
  for (const host of ['gh-1', 'gh-2', 'gh-1']) await happen(host);
}, 120_000);
afterAll(async () => {
  await receiver?.stop();
  await lab?.close();
});

describe('berth events', () => {
  test('lists what happened: for a person, for a pipe, as the API has it', async () => {
    const pipe = await ask(['events']);
    expect(pipe.code).toBe(0);
    const lines = pipe.out.trim().split('\n');
    expect(lines.map((line) => line.split('\t').slice(2, 4))).toEqual([
      ['host.registered', 'hosts/gh-1'],
      ['host.registered', 'hosts/gh-2'],
      ['host.changed', 'hosts/gh-1'],
    ]);
    expect(lines[0]).toMatch(/^0{15}1\t\d{4}-.+Z\thost\.registered\thosts\/gh-1\thost=gh-1 revision=1 digest=sha256:/);
    const person = await ask(['events', '--limit', '1'], { columns: 100 });
    expect(person.out).toMatch(/^SEQUENCE +TIME +TYPE +SUBJECT +DATA/);
    const body = JSON.parse((await ask(['events', '-o', 'json', '--limit', '2'])).out);
    expect(body).toMatchObject({ through: '0000000000000002', nextCursor: expect.any(String) });
    expect((await ask(['events', '-o', 'name', '--limit', '2'])).out).toBe('hosts/gh-1\nhosts/gh-2\n');
  });

  test('goes by type, subject and place', async () => {
    const names = async (...flags: string[]): Promise<string> => (await ask(['events', '-o', 'name', ...flags])).out;
    expect(await names('--type', 'host.changed')).toBe('hosts/gh-1\n');
    expect(await names('--type', 'host.changed,dev.berth.host.registered.v1', '--subject', 'hosts/gh-2')).toBe(
      'hosts/gh-2\n',
    );
    expect(await names('--after', '2', '--limit', '5')).toBe('hosts/gh-1\n');
    const gone = await ask(['events', '--after', '4000']);
    expect([gone.code, gone.out]).toEqual([1, '']);
    expect(gone.err).toContain('EVENTS_GONE');
    expect(gone.err).toContain('--after latest');
    expect((await ask(['events', '--type', 'host.exploded'])).err).toContain('INVALID_QUERY');
  });

  test('follows what happens, through a server that is killed, until it is interrupted', async () => {
    const stop = new AbortController();
    let out = '';
    const env = { BERTH_URL: lab.urls[0] ?? '', BERTH_KEY: lab.key };
    const following = berthInto(
      (text) => (out += text),
      ['events', '--follow', '-o', 'ndjson', '--after', '0'],
      env,
      stop.signal,
    );
    const seen = (): number[] =>
      out
        .trim()
        .split('\n')
        .filter(Boolean)
        .map((line) => Number(JSON.parse(line).sequence));
    await soon(() => seen().length).toBe(3);
    await happen('gh-3');
    await soon(() => seen()).toEqual([1, 2, 3, 4]);
    await lab.replace(0);
    await happen('gh-3');
    await soon(() => seen()).toEqual([1, 2, 3, 4, 5]);
    stop.abort();
    expect(await following).toBe(130);
  });

  test('that cannot be followed says why', async () => {
    const refused = await ask(['events', '--follow', '--after', '4000']);
    expect([refused.code, refused.out]).toEqual([1, '']);
    expect(refused.err).toContain('EVENTS_GONE');
  });
});

/** As `berth`, with what it says handed on as it says it. */
async function berthInto(
  out: (text: string) => void,
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  interrupted: AbortSignal,
): Promise<number> {
  const { run } = await import('@berth/cli');
  return run(argv, {
    out,
    err: () => undefined,
    outIsTty: false,
    errIsTty: false,
    columns: 80,
    env,
    readStdin: async () => Buffer.from(''),
    interrupted,
  });
}

describe('berth webhook', () => {
  test('is made, tried, looked at, replayed, rotated, disabled and removed', async () => {
    const created = await ask(['webhook', 'create', receiver.url, '--type', 'host.changed', '--description', 'a test']);
    expect(created.code).toBe(0);
    receiver.secret = created.out.trim();
    expect(receiver.secret).toMatch(/^whsec_/);
    const id = /webhook (\S+):/.exec(created.err)?.[1] ?? '';

    expect((await ask(['webhook', 'list'])).out).toBe(`${id}\tenabled\t0\t-\t${receiver.url}\n`);
    const tried = await ask(['webhook', 'test', id]);
    expect([tried.code, tried.out]).toEqual([0, expect.stringMatching(/^delivered {2}204 in \d+ ms\n$/)]);
    receiver.behave = () => 500;
    const failed = await ask(['webhook', 'test', id]);
    expect([failed.code, failed.out]).toEqual([3, expect.stringMatching(/^failed {2}500 in/)]);
    receiver.well();

    await happen('gh-1');
    await soon(() => receiver.taken.length).toBe(2);
    const newest = async () => (await ask(['webhook', 'deliveries', id])).out.split('\n')[0]?.split('\t').slice(0, 6);
    await soon(newest).toEqual(['3', 'delivered', 'event', 'host.changed', 'hosts/gh-1', '1']);
    expect((await ask(['webhook', 'deliveries', id, '--state', 'failed', '-o', 'name'])).out).toBe('2\n');

    expect((await ask(['webhook', 'replay', id, '--after', '0'])).out).toMatch(/^\d+ {2}queued {2}through \d{16}\n$/);
    await soon(() => receiver.received.length).toBeGreaterThan(4);
    const rotated = await ask(['webhook', 'rotate', id, '--overlap', '0s']);
    expect(rotated.out.trim()).toMatch(/^whsec_/);
    expect(receiver.forged).toEqual([]);
    receiver.secret = rotated.out.trim();
    expect((await ask(['webhook', 'test', id])).code).toBe(0);
    expect(receiver.forged).toEqual([]);

    expect((await ask(['webhook', 'disable', id], { columns: 80 })).out).toMatch(/^\S+ {2}disabled \(asked\)\n/);
    const refused = await ask(['webhook', 'replay', id, '--after', '0']);
    expect(refused.err).toContain('berth webhook enable');
    expect((await ask(['webhook', 'enable', id, '-o', 'json'])).out).toContain('"state":"enabled"');
    expect((await ask(['webhook', 'get', id], { columns: 80 })).out).toContain(receiver.url);
    expect((await ask(['webhook', 'remove', id])).out).toBe(`${id}  removed\n`);
    expect((await ask(['webhook', 'get', id])).err).toContain('berth webhook list');
    expect((await ask(['webhook', 'list'])).err).toContain('berth webhook create URL');
  });

  test('refuses what it does not understand before it asks', async () => {
    expect((await ask(['webhook', 'rotate', 'x', '--overlap', 'soon'])).err).toContain(
      '--overlap soon: expected a time',
    );
    const refused = await ask(['webhook', 'create', 'http://169.254.169.254/latest']);
    expect([refused.code, refused.out]).toEqual([1, '']);
    expect(refused.err).toContain('ADDRESS_REFUSED');
  });
});

test('following takes nothing while nothing happens, and ends at once', async () => {
  const interrupted = new AbortController();
  const following = ask(['events', '--follow'], { interrupted: interrupted.signal });
  await sleep(300);
  interrupted.abort();
  expect(await following).toMatchObject({ code: 130, out: '' });
});
