// `berth ticket verify` as a target runs it: on files, with no Berth and no network.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { TICKET_REFUSALS } from '@berth/contract/tickets';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { berth } from '../support/cli.js';
import { BOOT_ID, TicketTarget } from '../support/ticket-target.js';

let target: TicketTarget;
beforeAll(() => {
  target = new TicketTarget();
});
afterAll(() => target?.remove());

interface Given {
  readonly ticket?: string;
  readonly [option: string]: string | undefined;
}
function command({ ticket = target.sign(), ...more }: Given = {}): string[] {
  const options = {
    ticket: target.write('a.ticket', `${ticket}\n`),
    jwks: target.path('jwks.json'),
    fingerprint: target.path('fingerprint.json'),
    'boot-id': target.path('boot-id'),
    host: 'gh-09',
    ...more,
  };
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return ['ticket', 'verify', ...given.flatMap(([name, value]) => [`--${name}`, String(value)])];
}

describe('the good ticket', () => {
  it('is accepted, and says for what and until when', async () => {
    const { code, out, err } = await berth(command({ vm: 'vm-42', 'run-id': 'run-1' }));
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^accepted\tvm-42\tgh-09\t0199a3c4-[0-9a-f-]+\t\d{4}-\d\d-\d\dT[\d:.]+Z\n$/);
  });

  it('as JSON has all that it pins', async () => {
    const { code, out } = await berth([...command(), '-o', 'json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      outcome: 'accepted',
      refusals: [],
      ticket: { vm: 'vm-42', runId: 'run-1', target: 'gh-09', bootId: BOOT_ID, kid: 'kid-of-the-test' },
    });
  });

  it('may come from standard input, and the boot id as it is', async () => {
    const stdin = `${target.sign()}\n`;
    expect(await berth(command({ ticket: '' }).with(3, '-'), { stdin })).toMatchObject({ code: 0 });
    expect(await berth(command({ 'boot-id': BOOT_ID }))).toMatchObject({ code: 0 });
  });

  it('is for the host of this name when none is given', async () => {
    const here = target.sign({ target: hostname() });
    expect(await berth(command({ ticket: here, host: undefined }))).toMatchObject({ code: 0 });
    expect((await berth(command({ host: undefined }))).out).toContain(hostname());
  });

  it('is accepted though the facts were collected again and say the same', async () => {
    const later = { ...target.facts, collectedAt: '2027-01-01T00:00:00Z', agent: { name: 'other', version: '9' } };
    const fingerprint = target.write('later.json', JSON.stringify(later));
    expect(await berth(command({ fingerprint }))).toMatchObject({ code: 0 });
  });
});

describe('any other is refused, with its reason', () => {
  it.each<[string, () => Given, string]>([
    ['expired', () => ({ ticket: target.expired() }), 'TICKET_EXPIRED'],
    ['forged', () => ({ ticket: target.forged() }), 'TICKET_FORGED'],
    ['for another host', () => ({ ticket: target.sign({ target: 'gh-07' }) }), 'OTHER_HOST'],
    ['for another VM', () => ({ vm: 'vm-43' }), 'OTHER_VM'],
    ['for another run', () => ({ 'run-id': 'run-2' }), 'OTHER_RUN'],
    ['of another fleet', () => ({ ticket: target.sign({ fleet: 'other' }) }), 'OTHER_FLEET'],
    ['from before a reboot', () => ({ ticket: target.sign({ bootId: 'boot-0' }) }), 'HOST_REBOOTED'],
    ['no ticket', () => ({ ticket: 'nothing' }), 'TICKET_MALFORMED'],
    ['nothing at all', () => ({ ticket: '' }), 'TICKET_MALFORMED'],
    ['too large', () => ({ ticket: 'x'.repeat(9_000) }), 'TICKET_MALFORMED'],
  ])('%s', async (_, given, code) => {
    const answer = await berth(command(given()));
    expect(answer).toMatchObject({ code: 3, err: '' });
    expect(answer.out).toMatch(new RegExp(`^refused\t${code}\t.+\n$`));
    const json = JSON.parse((await berth([...command(given()), '-o', 'json'])).out);
    expect(json).toMatchObject({ outcome: 'refused', refusals: [{ code }] });
  });

  it('for an older fingerprint: the digest is that of the facts there are now', async () => {
    const changed = { ...target.facts, kernel: { release: '7.3.0', pageSize: 4096 } };
    const fingerprint = target.write('changed.json', JSON.stringify(changed));
    const answer = await berth(command({ fingerprint }));
    expect(answer).toMatchObject({ code: 3, out: expect.stringContaining('FINGERPRINT_CHANGED') });
  });

  it('by facts that were collected before the host was started', async () => {
    const booted = target.write('booted', 'boot-2\n');
    const { code, out } = await berth(command({ ticket: target.sign({ bootId: 'boot-2' }), 'boot-id': booted }));
    expect(code).toBe(3);
    expect(out).toContain('FINGERPRINT_OUTDATED');
  });

  it('and each of its reasons has a line', async () => {
    const { code, out } = await berth(command({ ticket: target.expired(), host: 'gh-07', vm: 'vm-43' }));
    expect(code).toBe(3);
    expect(out.match(/^refused\t[A-Z_]+/gm)).toEqual([
      'refused\tTICKET_EXPIRED',
      'refused\tOTHER_HOST',
      'refused\tOTHER_VM',
    ]);
  });
});

describe('what cannot be told is an error, and no yes', () => {
  it.each<[string, Given, string]>([
    ['a ticket that is not there', { ticket: '', host: 'gh-09' }, 'there is no such file'],
    ['no keys', { jwks: undefined }, '--jwks and --jwks-url'],
    ['two sets of keys', { 'jwks-url': 'https://berth.test/' }, '--jwks and --jwks-url'],
    ['keys over a link that anybody can write to', { jwks: undefined, 'jwks-url': 'http://berth.test/' }, 'https'],
    ['keys that are no URL', { jwks: undefined, 'jwks-url': 'jwks.json' }, 'https'],
    ['a key set that is none', { jwks: 'package.json' }, '/keys'],
    ['a fingerprint that is none', { fingerprint: 'package.json' }, '/schema'],
    ['a boot id that is not there', { 'boot-id': '/nowhere/boot_id' }, 'there is no such file'],
    ['an empty boot id', { 'boot-id': '/dev/null' }, 'no boot id'],
    ['facts without an end', { fingerprint: '/dev/zero' }, 'larger than'],
    ['an hour between clocks', { 'clock-skew': '1h' }, '--clock-skew'],
    ['much between clocks', { 'clock-skew': '6m' }, '--clock-skew'],
    ['no number between clocks', { 'clock-skew': 's' }, '--clock-skew'],
  ])('%s', async (what, given, words) => {
    const argv = command(given);
    const asked = what.startsWith('a ticket') ? argv.with(3, target.path('none.ticket')) : argv;
    const answer = await berth(asked);
    expect([answer.code, answer.out]).toEqual([1, '']);
    expect(answer.err).toContain(words);
  });

  it('keys in a file that is no JSON, or that holds a private one', async () => {
    const broken = target.write('broken.json', '{"keys":');
    expect((await berth(command({ jwks: broken }))).err).toContain('broken.json');
    const secret = { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43), d: 'A'.repeat(43), kid: 'a' };
    const leaked = target.write('leaked.json', JSON.stringify({ keys: [secret] }));
    expect(await berth(command({ jwks: leaked }))).toMatchObject({
      code: 1,
      err: expect.stringContaining('/keys/0/d'),
    });
  });
});

describe('the key set', () => {
  it('may be fetched from a Berth on this machine, which may also be down', async () => {
    const keySet = readFileSync(target.path('jwks.json'));
    const server = createServer((_, response) => response.end(keySet)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/.well-known/jwks.json`;
    const asking = command({ jwks: undefined, 'jwks-url': url });
    expect(await berth(asking)).toMatchObject({ code: 0, err: '' });
    server.close();
    server.closeAllConnections();
    expect(await berth(asking)).toMatchObject({ code: 1, err: expect.stringContaining('cannot fetch') });
  });

  it('is not taken from where the server sends us on to', async () => {
    const server = createServer((_, response) => response.writeHead(302, { location: '/' }).end()).listen(
      0,
      '127.0.0.1',
    );
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    expect(await berth(command({ jwks: undefined, 'jwks-url': url }))).toMatchObject({ code: 1, out: '' });
    server.close();
    server.closeAllConnections();
  });
});

describe('with no network at all', () => {
  const apart = process.getuid?.() === 0 ? ['--net'] : ['--net', '--map-root-user'];
  const offline = (argv: readonly string[]) =>
    spawnSync('unshare', [...apart, process.execPath, 'apps/cli/bin/berth.js', ...argv], { encoding: 'utf8' });

  it('the good ticket is accepted and the others are refused', () => {
    const good = offline(command());
    expect([good.status, good.stderr]).toEqual([0, '']);
    expect(good.stdout).toMatch(/^accepted\t/);
    for (const ticket of [target.expired(), target.forged(), target.sign({ target: 'gh-07' })])
      expect(offline(command({ ticket })).status).toBe(3);
  });

  it('a key set that would have to be fetched is an error', () => {
    const asked = offline(command({ jwks: undefined, 'jwks-url': 'https://127.0.0.1:1/jwks.json' }));
    expect([asked.status, asked.stdout]).toEqual([1, '']);
  });
});

it('`docs/tickets.md` says of each reason what it means', () => {
  const docs = readFileSync('docs/tickets.md', 'utf8');
  for (const [code, meaning] of Object.entries(TICKET_REFUSALS)) expect(docs).toContain(`| \`${code}\` | ${meaning}`);
});

describe('`berth ticket show`', () => {
  it('shows what is claimed, and says that it proves nothing', async () => {
    const path = target.write('shown.ticket', target.forged());
    const { code, out, err } = await berth(['ticket', 'show', path]);
    expect(code).toBe(0);
    expect(out).toContain('vm\tvm-42\n');
    expect(out).toContain(`boot\t${BOOT_ID}\n`);
    expect(err).toContain('not verified');
    expect(JSON.parse((await berth(['ticket', 'show', path, '-o', 'json'])).out)).toMatchObject({ target: 'gh-09' });
    expect(await berth(['ticket', 'show', '-'], { stdin: 'x' })).toMatchObject({ code: 1, out: '' });
  });
});
