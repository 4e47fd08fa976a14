import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { base64url, calculateJwkThumbprint, createLocalJWKSet, type JSONWebKeySet, jwtVerify, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import {
  parseTicketKeySet,
  printTicket,
  printTicketKey,
  readTicket,
  readUnverifiedTicket,
  TICKET_BYTES,
  TICKET_TYPE,
  type Ticket,
  type TicketKeySet,
  type TicketUse,
  ticketFaults,
} from './index.js';

const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
const second = (text: string): Date => new Date(`2026-11-20T07:${text}Z`);

const ticket: Ticket = {
  fleet: 'default',
  migration: '0199a3c4-5d1e-7c3a-9b1f-2a6f0c8d4e11',
  vm: 'vm-42',
  runId: 'b77e',
  source: 'gh-03',
  target: 'gh-09',
  manifest: digest('a'),
  fingerprint: digest('b'),
  bootId: '5c0e',
  rulebook: '2026.2',
  issuedAt: second('00:00'),
  expiresAt: second('05:00'),
};
const use: TicketUse = {
  now: second('01:00'),
  skewMilliseconds: 0,
  fleet: 'default',
  host: 'gh-09',
  bootId: '5c0e',
  fingerprint: digest('b'),
  fingerprintBootId: '5c0e',
  vm: 'vm-42',
  runId: 'b77e',
};

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const point = base64url.decode(String(publicKey.export({ format: 'jwk' }).x));
const KID = 'kid-1';
const HEADER = { alg: 'EdDSA', typ: TICKET_TYPE, kid: KID };

function keySet(...keys: readonly object[]): TicketKeySet {
  const parsed = parseTicketKeySet({ keys: keys as never });
  if (parsed.kind === 'invalid') throw new Error(parsed.detail);
  return parsed.keys;
}
const ours = keySet(printTicketKey(KID, point));

const encode = (value: unknown): string => base64url.encode(typeof value === 'string' ? value : JSON.stringify(value));
/** Signed right, whatever it says. */
function token(header: unknown, claims: unknown, key: KeyObject = privateKey): string {
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${base64url.encode(sign(null, Buffer.from(signed), key))}`;
}
const good = token(HEADER, printTicket(ticket));
const codeOf = (text: string, keys = ours): string => {
  const read = readTicket(text, keys);
  return read.kind === 'read' ? 'read' : read.refusal.code;
};
const faultsOf = (changed: Partial<Ticket>, changedUse: Partial<TicketUse> = {}): string[] =>
  ticketFaults({ ...ticket, ...changed }, { ...use, ...changedUse }).map(({ code }) => code);

describe('a ticket', () => {
  it('says after the wire what it said before, and names its key', () => {
    expect(readTicket(good, ours)).toEqual({ kind: 'read', ticket, kid: KID });
    expect(ticketFaults(ticket, use)).toEqual([]);
  });

  it('leaves out the run and the boot that nobody named', () => {
    const bare = { ...ticket, runId: undefined, bootId: undefined };
    const text = token(HEADER, printTicket(bare));
    expect(base64url.decode(text.split('.')[1] ?? '').toString()).not.toMatch(/runId|bootId/);
    expect(readTicket(text, ours)).toMatchObject({ kind: 'read', ticket: bare });
  });

  it('never holds for longer than it was given', () => {
    const late = { ...ticket, issuedAt: second('00:00.900'), expiresAt: second('05:00.900') };
    const read = readTicket(token(HEADER, printTicket(late)), ours);
    expect(read).toMatchObject({ ticket: { issuedAt: second('00:00'), expiresAt: second('05:00') } });
  });

  it('verifies with `jose` alone, whose own tickets verify here', async () => {
    const jwks = { keys: [printTicketKey(KID, point)] } as unknown as JSONWebKeySet;
    const checks = {
      algorithms: ['EdDSA'],
      typ: TICKET_TYPE,
      issuer: 'berth',
      audience: 'gh-09',
      currentDate: use.now,
    };
    const verified = await jwtVerify(good, createLocalJWKSet(jwks), checks);
    expect(verified.payload).toEqual(printTicket(ticket));
    const theirs = await new SignJWT(printTicket(ticket)).setProtectedHeader(HEADER).sign(privateKey);
    expect(readTicket(theirs, ours)).toMatchObject({ kind: 'read', ticket });
  });
});

describe('a forged ticket', () => {
  it('is refused with any one bit turned: of the header, of the claims, of the signature', () => {
    const parts = good.split('.').map((part) => base64url.decode(part));
    let turned = 0;
    for (const [at, part] of parts.entries()) {
      for (let bit = 0; bit < part.length * 8; bit += 1) {
        const changed = Buffer.from(part);
        changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        const text = parts.map((each, index) => base64url.encode(index === at ? changed : each)).join('.');
        expect(codeOf(text), `bit ${bit} of part ${at}`).not.toBe('read');
        turned += 1;
      }
    }
    expect(turned).toBe(parts.reduce((sum, part) => sum + part.length * 8, 0));
  });

  it('is refused with any one character changed, those too whose bits no byte holds', () => {
    const others = ['A', 'B', 'Q', 'g', '-', '_', '.', '=', '+', ' ', '\n'];
    for (let at = 0; at < good.length; at += 1) {
      const changed = others.filter((other) => other !== good[at]);
      for (const other of changed)
        expect(codeOf(good.slice(0, at) + other + good.slice(at + 1)), `${other} at ${at}`).not.toBe('read');
      expect(codeOf(good.slice(0, at))).not.toBe('read');
    }
    for (const text of [`${good}=`, `${good} `, `${good}\n`, `.${good}`, `${good}.`, `${good}.e30`])
      expect(codeOf(text)).toBe('TICKET_MALFORMED');
  });

  it('is refused under another key, under no key, and under a key that is gone', () => {
    const stranger = generateKeyPairSync('ed25519').privateKey;
    expect(codeOf(token(HEADER, printTicket(ticket), stranger))).toBe('TICKET_FORGED');
    expect(codeOf(good, keySet())).toBe('TICKET_KEY_UNKNOWN');
    expect(codeOf(good, keySet(printTicketKey('kid-2', point)))).toBe('TICKET_KEY_UNKNOWN');
    expect(codeOf(token({ ...HEADER, kid: 'kid-2' }, printTicket(ticket)))).toBe('TICKET_KEY_UNKNOWN');
  });

  it('does not choose its algorithm: none, and HMAC keyed with what everybody can read', () => {
    const claims = encode(printTicket(ticket));
    for (const alg of ['none', 'NONE', 'None', 'nOnE', '', undefined, null, 'ES256', 'RS256', 'Ed25519', 'eddsa']) {
      const header = encode({ ...HEADER, alg });
      for (const signature of ['', base64url.encode('x'), good.split('.')[2]])
        expect(codeOf(`${header}.${claims}.${signature}`), String(alg)).toBe('TICKET_MALFORMED');
      expect(codeOf(token({ ...HEADER, alg }, printTicket(ticket))), String(alg)).toBe('TICKET_MALFORMED');
    }
    const spki = publicKey.export({ format: 'pem', type: 'spki' });
    const secrets = [point, spki, publicKey.export({ format: 'der', type: 'spki' }), base64url.encode(point)];
    for (const secret of secrets) {
      for (const alg of ['HS256', 'EdDSA']) {
        const signed = `${encode({ ...HEADER, alg })}.${claims}`;
        const mac = createHmac('sha256', secret).update(signed).digest();
        expect(codeOf(`${signed}.${base64url.encode(mac)}`)).not.toBe('read');
      }
    }
  });

  it('brings no key and no conditions of its own', () => {
    const jwk = generateKeyPairSync('ed25519').privateKey;
    for (const more of [
      { jwk: jwk.export({ format: 'jwk' }) },
      { jku: 'https://example.test/jwks.json' },
      { x5c: ['MII='] },
      { crit: ['exp'] },
      { crit: [] },
      { b64: false },
      { zip: 'DEF' },
      { cty: 'JWT' },
    ]) {
      expect(codeOf(token({ ...HEADER, ...more }, printTicket(ticket), jwk)), JSON.stringify(more)).toBe(
        'TICKET_MALFORMED',
      );
      expect(codeOf(token({ ...HEADER, ...more }, printTicket(ticket))), JSON.stringify(more)).toBe('TICKET_MALFORMED');
    }
  });

  it('is no token of another kind, however well signed', () => {
    for (const header of [
      { ...HEADER, typ: 'JWT' },
      { ...HEADER, typ: undefined },
      { ...HEADER, typ: 'application/berth-ticket+jwt' },
      { ...HEADER, kid: undefined },
      { ...HEADER, kid: 7 },
      { ...HEADER, kid: '' },
      { ...HEADER, kid: '../kid-1' },
      [],
      'text',
      '{"alg":"none","alg":"EdDSA","typ":"berth-ticket+jwt","kid":"kid-1"}',
      '{',
    ])
      expect(codeOf(token(header, printTicket(ticket))), JSON.stringify(header)).toBe('TICKET_MALFORMED');
  });

  it('is not parsed when it is larger than a ticket can be', () => {
    const padded = token(HEADER, { ...printTicket(ticket), padding: 'x'.repeat(TICKET_BYTES) });
    expect(readTicket(padded, ours)).toEqual({
      kind: 'refused',
      refusal: { code: 'TICKET_MALFORMED', detail: 'expected at most 8192 bytes' },
    });
    expect(codeOf(token(HEADER, { ...printTicket(ticket), padding: 'x'.repeat(4000) }))).toBe('read');
    expect(codeOf('é'.repeat(TICKET_BYTES / 2 + 1))).toBe('TICKET_MALFORMED');
  });
});

describe('claims', () => {
  it.each([
    ['iss', [undefined, 'other', 7]],
    ['sub', [undefined, '', 7, null, 'x'.repeat(257)]],
    ['aud', [undefined, '', ['gh-09'], null]],
    ['iat', [undefined, '1', 1.5, -1, null]],
    ['nbf', [undefined, '1', 1.5]],
    ['exp', [undefined, '1', 1e300, -1, null, true]],
    ['fleet', [undefined, '', null]],
    ['migration', [undefined, '', {}]],
    ['source', [undefined, '', '\u001b[2J', 'a\nb', '\u009b2J']],
    ['manifest', [undefined, 'sha256:', `${digest('a')}0`, digest('A')]],
    ['fingerprint', [undefined, 'sha512:', digest('g')]],
    ['rulebook', [undefined, '']],
    ['runId', [null, '', 7]],
    ['bootId', [null, '', 7]],
  ])('must have a good %s', (name, values) => {
    for (const value of values) {
      const read = readTicket(token(HEADER, { ...printTicket(ticket), [name]: value }), ours);
      expect(read, String(value)).toMatchObject({ kind: 'refused', refusal: { code: 'TICKET_MALFORMED' } });
      expect(JSON.stringify(read)).toContain(`\`${name}\``);
    }
  });

  it('are JSON that has one meaning, and no list', () => {
    const text = JSON.stringify(printTicket(ticket));
    for (const claims of [text.replace('{', '{"aud":"gh-07",'), '[]', 'null', '', '"x"', '\ufeff{}', `${text}{}`])
      expect(codeOf(token(HEADER, claims))).toBe('TICKET_MALFORMED');
  });

  it('may say more than this program knows', () => {
    expect(codeOf(token(HEADER, { ...printTicket(ticket), later: { a: 1 } }))).toBe('read');
  });

  it('can be shown without proof, and then prove nothing', () => {
    const stranger = token(HEADER, printTicket(ticket), generateKeyPairSync('ed25519').privateKey);
    expect(readUnverifiedTicket(stranger)).toMatchObject({ kind: 'read', ticket });
    expect(readUnverifiedTicket('a.b.c')).toMatchObject({ refusal: { code: 'TICKET_MALFORMED' } });
  });
});

describe('the target refuses a ticket', () => {
  it.each<[string, Partial<Ticket>, Partial<TicketUse>, string]>([
    ['of another fleet', { fleet: 'other' }, {}, 'OTHER_FLEET'],
    ['for another host', { target: 'gh-07' }, {}, 'OTHER_HOST'],
    ['for another VM', { vm: 'vm-43' }, {}, 'OTHER_VM'],
    ['for another run', { runId: 'b77f' }, {}, 'OTHER_RUN'],
    ['that names no run where one is asked for', { runId: undefined }, {}, 'OTHER_RUN'],
    ['from before a reboot', {}, { bootId: '5c0f', fingerprintBootId: '5c0f' }, 'HOST_REBOOTED'],
    ['that names no boot', { bootId: undefined }, {}, 'HOST_REBOOTED'],
    ['for an older fingerprint', {}, { fingerprint: digest('c') }, 'FINGERPRINT_CHANGED'],
    ['by facts from before a reboot', {}, { fingerprintBootId: '5c0d' }, 'FINGERPRINT_OUTDATED'],
    ['that has ended', {}, { now: second('05:00') }, 'TICKET_EXPIRED'],
    ['before its time', {}, { now: new Date(second('00:00').getTime() - 1) }, 'TICKET_NOT_YET'],
  ])('%s', (_, changed, changedUse, code) => {
    expect(faultsOf(changed, changedUse)).toEqual([code]);
  });

  it('and says all that is wrong with it, the time first', () => {
    expect(faultsOf({ target: 'gh-07', vm: 'vm-43' }, { now: second('06:00'), fingerprint: digest('c') })).toEqual([
      'TICKET_EXPIRED',
      'OTHER_HOST',
      'OTHER_VM',
      'FINGERPRINT_CHANGED',
    ]);
  });

  it('to the millisecond, give or take what two clocks may differ', () => {
    const at = (time: Date, milliseconds: number): Partial<TicketUse> => ({
      now: new Date(time.getTime() + milliseconds),
      skewMilliseconds: 5_000,
    });
    expect(faultsOf({}, { now: new Date(ticket.expiresAt.getTime() - 1) })).toEqual([]);
    expect(faultsOf({}, at(ticket.expiresAt, 4_999))).toEqual([]);
    expect(faultsOf({}, at(ticket.expiresAt, 5_000))).toEqual(['TICKET_EXPIRED']);
    expect(faultsOf({}, at(ticket.issuedAt, -5_000))).toEqual([]);
    expect(faultsOf({}, at(ticket.issuedAt, -5_001))).toEqual(['TICKET_NOT_YET']);
  });

  it('but not for how a boot id is written', () => {
    const [kernel, systemd] = ['5c0e9d2a-6c1b-4a5e-9b1f-2a6f0c8d4e11', '5c0e9d2a6c1b4a5e9b1f2a6f0c8d4e11'];
    const here = { bootId: kernel, fingerprintBootId: systemd };
    for (const bootId of [kernel, systemd, kernel.toUpperCase()]) expect(faultsOf({ bootId }, here)).toEqual([]);
    expect(faultsOf({ bootId: systemd.slice(1) }, here)).toEqual(['HOST_REBOOTED']);
    expect(faultsOf({ bootId: 'a-b' }, { bootId: 'ab', fingerprintBootId: 'ab' })).toEqual(['HOST_REBOOTED']);
  });

  it('but asks for no VM and no run where the caller knows none', () => {
    expect(faultsOf({ vm: 'vm-43', runId: undefined }, { vm: undefined, runId: undefined })).toEqual([]);
  });
});

describe('a key set', () => {
  it('takes the keys it can use and passes over the others', async () => {
    const jwk = publicKey.export({ format: 'jwk' });
    const others = [
      generateKeyPairSync('ec', { namedCurve: 'P-256' }),
      generateKeyPairSync('x25519'),
      generateKeyPairSync('ed448'),
    ].map((pair) => ({ ...pair.publicKey.export({ format: 'jwk' }), kid: KID }));
    const keys = keySet(
      ...others,
      { ...jwk, kid: 'no-use' },
      { ...jwk, kid: 'newer-name', alg: 'Ed25519' },
      { ...jwk },
      { ...jwk, kid: 'encrypts', use: 'enc' },
      { ...jwk, kid: 'short', x: 'AAAA' },
      { ...jwk, kid: 'other-algorithm', alg: 'HS256' },
      { kty: 'oct', k: 'c2VjcmV0', kid: KID },
      printTicketKey(KID, point),
    );
    expect([...keys.keys()]).toEqual(['no-use', 'newer-name', KID]);
    expect(codeOf(good, keys)).toBe('read');
    expect(await calculateJwkThumbprint(jwk)).toBe(await calculateJwkThumbprint(printTicketKey('x', point) as never));
  });

  it('with a private key in it is a mistake, and one of them twice another', () => {
    const secret = { ...privateKey.export({ format: 'jwk' }), kid: KID };
    expect(parseTicketKeySet({ keys: [secret] as never })).toMatchObject({ kind: 'invalid', pointer: '/keys/0/d' });
    const twice = [printTicketKey(KID, point), printTicketKey(KID, point)];
    expect(parseTicketKeySet({ keys: twice })).toMatchObject({ kind: 'invalid', pointer: '/keys/1/kid' });
    for (const value of [null, [], {}, { keys: {} }, { keys: ['x'] }])
      expect(parseTicketKeySet(value as never)).toMatchObject({ kind: 'invalid' });
  });
});
