import { createPublicKey, verify } from 'node:crypto';
import {
  type Caller,
  newTicketKey,
  TICKET_KEY_KEPT_MILLISECONDS,
  type TicketClaims,
  type TicketKey,
  TicketKeys,
} from '@berth/application';
import { parseTicketKeySet, printTicketKey, readTicket } from '@berth/contract/tickets';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openFleet, type TestFleet } from '../../../../test/support/fleet.js';
import { type Database, openDatabase } from '../database/open-database.js';

let fleet: TestFleet;
const opened: Database[] = [];
beforeAll(async () => {
  fleet = await openFleet();
});
afterEach(async () => {
  for (const database of opened.splice(0)) await database.close();
});
afterAll(() => fleet?.close());

/** Another process on the same database. */
async function process(ticketKey?: TicketKey, connections = 2): Promise<Database> {
  const database = await openDatabase({ url: fleet.url, allowVolatile: true, connections, ticketKey });
  opened.push(database);
  return database;
}

const digest = `sha256:${'a'.repeat(64)}`;
function claims(more: Partial<TicketClaims> = {}): TicketClaims {
  const issuedAt = new Date(Math.floor(Date.now() / 1000) * 1000);
  return {
    fleet: 'default',
    migration: '0199a3c4-5d1e-7c3a-9b1f-2a6f0c8d4e11',
    vm: 'vm-42',
    runId: 'run-1',
    source: 'gh-03',
    target: 'gh-09',
    manifest: digest,
    fingerprint: digest,
    bootId: 'boot-1',
    rulebook: '2026.2',
    issuedAt,
    expiresAt: new Date(issuedAt.getTime() + 300_000),
    ...more,
  };
}

const jwks = async ({ tickets }: Database) => ({
  keys: (await tickets.published()).map(({ kid, publicKey }) => printTicketKey(kid, publicKey)),
});
async function read(text: string, by: Database) {
  const parsed = parseTicketKeySet(await jwks(by));
  if (parsed.kind === 'invalid') throw new Error(parsed.detail);
  return readTicket(text, parsed.keys);
}
const kidOf = (text: string): string => JSON.parse(Buffer.from(text.split('.')[0] ?? '', 'base64url').toString()).kid;
const turn = ({ work, tickets }: Database, caller: Caller, immediately = false) =>
  new TicketKeys(work, tickets).rotate(caller, { immediately });

interface KeyRow {
  readonly kid: string;
  readonly state: string;
  readonly private_key: Buffer | null;
  readonly left: number | null;
}
async function rows(of: string): Promise<readonly KeyRow[]> {
  const sql = `SELECT kid, state, private_key, extract(epoch FROM verifies_until - now())::float8 * 1000 AS "left"
               FROM ticket_key WHERE fleet = $1 ORDER BY created_at, state DESC, kid`;
  return (await fleet.database.pool.query<KeyRow>(sql, [of])).rows;
}
/** As before the first start: no keys, and an audit that has yet to hear of them. */
let heard = 0;
async function emptied(): Promise<void> {
  await fleet.database.pool.query('DELETE FROM ticket_key');
  for (const name of ['default', 'other']) fleet.database.tickets.forget(name);
  const { rows: last } = await fleet.database.pool.query('SELECT coalesce(max(id), 0)::int AS id FROM audit');
  heard = last[0].id;
}
async function audited(action: string): Promise<readonly object[]> {
  const sql = 'SELECT fleet, key_id, subject, detail FROM audit WHERE action = $1 AND id > $2 ORDER BY fleet, id';
  return (await fleet.database.pool.query(sql, [action, heard])).rows;
}

describe('a signed ticket', () => {
  test('verifies by our reader, by `jose` alone and by plain Ed25519', async () => {
    const said = claims();
    const text = await fleet.database.tickets.sign(said);
    expect(await read(text, fleet.database)).toEqual({ kind: 'read', ticket: said, kid: kidOf(text) });

    const keys = (await jwks(fleet.database)) as unknown as JSONWebKeySet;
    const verified = await jwtVerify(text, createLocalJWKSet(keys), {
      algorithms: ['EdDSA'],
      typ: 'berth-ticket+jwt',
      issuer: 'berth',
      audience: 'gh-09',
      subject: 'vm-42',
    });
    expect(verified.payload).toMatchObject({ fleet: 'default', runId: 'run-1', bootId: 'boot-1', fingerprint: digest });

    const [header, payload, signature = ''] = text.split('.');
    const jwk = keys.keys.find(({ kid }) => kid === kidOf(text)) ?? {};
    const key = createPublicKey({ key: jwk as never, format: 'jwk' });
    expect(verify(null, Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'))).toBe(true);
  });

  test('of a run and a boot that nobody named says neither', async () => {
    const said = claims({ runId: undefined, bootId: undefined });
    expect(await read(await fleet.database.tickets.sign(said), fleet.database)).toMatchObject({ ticket: said });
  });

  test('holds for a day at most', async () => {
    const day = (more: number) => ({ expiresAt: new Date(claims().issuedAt.getTime() + 86_400_000 + more) });
    await fleet.database.tickets.sign(claims(day(0)));
    await expect(fleet.database.tickets.sign(claims(day(2_000)))).rejects.toThrow('a day at most');
    await expect(fleet.database.tickets.sign(claims({ expiresAt: new Date(Number.NaN) }))).rejects.toThrow('a day');
  });

  test('is had while every connection of the pool is held by those who ask for one', async () => {
    const database = await process(undefined, 4);
    const texts = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        database.work.run(async (tx) => {
          await tx.vms.lock('default', `vm-${index}`);
          return database.tickets.sign(claims());
        }),
      ),
    );
    expect(new Set(texts.map(kidOf)).size).toBe(1);
  });

  test('of a fleet that does not exist is none', async () => {
    await expect(fleet.database.tickets.sign(claims({ fleet: 'nowhere' }))).rejects.toThrow();
  });
});

describe('keys', () => {
  test('are made once, however many processes start at the same time, and are in the audit', async () => {
    await emptied();
    const several = await Promise.all([process(), process(), process()]);
    await Promise.all(several.map(({ tickets }) => tickets.prepare()));
    const kids = await Promise.all(several.map(async ({ tickets }) => kidOf(await tickets.sign(claims()))));
    expect(new Set(kids).size).toBe(1);
    for (const name of ['default', 'other'])
      expect((await rows(name)).map(({ state }) => state).sort()).toEqual(['next', 'signing']);
    const made = await audited('ticket-key.make');
    expect(made).toHaveLength(4);
    expect(made[0]).toMatchObject({ fleet: 'default', key_id: 'start' });
  });

  test('of one fleet do not sign for another', async () => {
    const ours = kidOf(await fleet.database.tickets.sign(claims()));
    const theirs = kidOf(await fleet.database.tickets.sign(claims({ fleet: 'other' })));
    expect(ours).not.toBe(theirs);
    expect((await rows('default')).map(({ kid }) => kid)).not.toContain(theirs);
  });

  test('are published without their private halves', async () => {
    const published = await jwks(fleet.database);
    for (const key of published.keys) {
      expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
      expect(createPublicKey({ key: key as never, format: 'jwk' }).type).toBe('public');
    }
    const secrets = (await rows('default')).flatMap(({ private_key: bytes }) => (bytes === null ? [] : [bytes]));
    expect(secrets).toHaveLength(2);
    for (const secret of secrets)
      for (const form of ['base64url', 'hex'] as const)
        expect(JSON.stringify(published)).not.toContain(secret.subarray(-32).toString(form));
  });
});

describe('turning the keys', () => {
  test('leaves good what was signed, erases what signed it, and takes the key that was published ahead', async () => {
    await emptied();
    const other = await process();
    const before = await fleet.database.tickets.sign(claims());
    const known = (await jwks(other)).keys.map(({ kid }) => kid);

    const turned = await turn(fleet.database, fleet.operator);
    const after = await fleet.database.tickets.sign(claims());
    expect(turned).toMatchObject({ kind: 'rotated', signing: kidOf(after), verifying: [{ kid: kidOf(before) }] });
    expect(known).toContain(kidOf(after));
    expect(known).not.toContain((turned as { next: string }).next);

    for (const text of [before, after]) expect(await read(text, other)).toMatchObject({ kind: 'read' });
    const old = (await rows('default')).find(({ kid }) => kid === kidOf(before));
    expect(old).toMatchObject({ state: 'verifying', private_key: null });
    expect(old?.left).toBeGreaterThan(TICKET_KEY_KEPT_MILLISECONDS - 60_000);
    const detail = { next: (turned as { next: string }).next, immediately: false };
    expect(await audited('ticket-key.rotate')).toEqual([
      { fleet: 'default', key_id: fleet.operator.keyId, subject: kidOf(after), detail },
    ]);
  });

  test('is seen by another process, whose tickets until then stay good', async () => {
    const other = await process();
    const first = kidOf(await other.tickets.sign(claims()));
    await turn(fleet.database, fleet.operator);
    const meanwhile = await other.tickets.sign(claims());
    expect(await read(meanwhile, fleet.database)).toMatchObject({ kind: 'read' });
    const patience = { timeout: 20_000, interval: 250 };
    await expect.poll(async () => kidOf(await other.tickets.sign(claims())), patience).not.toBe(first);
  });

  test('takes a key out of the set when its last ticket has ended', async () => {
    const before = await fleet.database.tickets.sign(claims());
    await turn(fleet.database, fleet.operator);
    await fleet.database.pool.query(
      `UPDATE ticket_key SET verifies_until = clock_timestamp() WHERE kid = '${kidOf(before)}'`,
    );
    expect(await read(before, fleet.database)).toMatchObject({ refusal: { code: 'TICKET_KEY_UNKNOWN' } });
  });

  test('at once leaves nothing of what somebody else may have', async () => {
    const before = await fleet.database.tickets.sign(claims());
    const known = (await rows('default')).map(({ kid }) => kid);
    expect(await turn(fleet.database, fleet.operator, true)).toMatchObject({ kind: 'rotated', verifying: [] });
    expect(await read(before, fleet.database)).toMatchObject({ refusal: { code: 'TICKET_KEY_UNKNOWN' } });
    for (const { kid } of await rows('default')) expect(known).not.toContain(kid);
    expect(await read(await fleet.database.tickets.sign(claims()), fleet.database)).toMatchObject({ kind: 'read' });
  });

  test('does not touch the keys of another fleet', async () => {
    const theirs = await fleet.database.tickets.sign(claims({ fleet: 'other' }));
    const before = await rows('other');
    await turn(fleet.database, fleet.operator, true);
    expect((await rows('other')).map(({ kid }) => kid)).toEqual(before.map(({ kid }) => kid));
    expect(await read(theirs, fleet.database)).toMatchObject({ kind: 'read' });
  });

  test('by several at once turns once for each, and one key signs in the end', async () => {
    await Promise.all(Array.from({ length: 6 }, () => turn(fleet.database, fleet.operator)));
    const states = (await rows('default')).map(({ state }) => state);
    expect(states.filter((state) => state !== 'verifying').sort()).toEqual(['next', 'signing']);
    expect(states.filter((state) => state === 'verifying')).toHaveLength(6);
  });
});

describe('a key of the environment', () => {
  test('signs for every fleet, and the database keeps none that could', async () => {
    await emptied();
    const before = await fleet.database.tickets.sign(claims());
    const key = newTicketKey();
    const database = await process(key);
    await database.tickets.prepare();
    for (const name of ['default', 'other']) {
      const text = await database.tickets.sign(claims({ fleet: name }));
      expect(kidOf(text)).toBe(key.kid);
      expect(await read(text, fleet.database)).toMatchObject({ kind: 'read' });
      expect((await rows(name)).every(({ private_key: bytes }) => bytes === null)).toBe(true);
    }
    expect(await read(before, database)).toMatchObject({ kind: 'read' });
    expect((await jwks(database)).keys.filter(({ kid }) => kid === key.kid)).toHaveLength(1);
  });

  test('is published from the start, and after it was exchanged for another', async () => {
    await emptied();
    const [first, second] = [newTicketKey(), newTicketKey()];
    const before = await process(first);
    expect((await jwks(before)).keys.map(({ kid }) => kid)).toEqual([first.kid]);
    const text = await before.tickets.sign(claims());
    const after = await process(second);
    await after.tickets.prepare();
    expect(await read(text, after)).toMatchObject({ kind: 'read' });
    expect(kidOf(await after.tickets.sign(claims()))).toBe(second.kid);
    const row = (await rows('default')).find(({ kid }) => kid === first.kid);
    expect(row?.left).toBeGreaterThan(TICKET_KEY_KEPT_MILLISECONDS);
  });

  test('is written again only when its time would run out', async () => {
    await emptied();
    const key = newTicketKey();
    const versions = async () => {
      const { rows: found } = await fleet.database.pool.query('SELECT xmin::text AS version FROM ticket_key');
      return found.map(({ version }) => version);
    };
    await (await process(key)).tickets.prepare();
    const once = await versions();
    await (await process(key)).tickets.prepare();
    expect(await versions()).toEqual(once);
    await fleet.database.pool.query(`UPDATE ticket_key SET verifies_until = clock_timestamp() + interval '1 hour'`);
    await (await process(key)).tickets.prepare();
    for (const { left } of await rows('default')) expect(left).toBeGreaterThan(TICKET_KEY_KEPT_MILLISECONDS);
    expect(await audited('ticket-key.adopt')).toHaveLength(2);
  });

  test('is turned by the environment alone; what came before it can be dropped', async () => {
    await emptied();
    const before = await fleet.database.tickets.sign(claims());
    const key = newTicketKey();
    const database = await process(key);
    await database.tickets.prepare();
    expect(await turn(database, fleet.operator)).toEqual({ kind: 'fixed', kid: key.kid });
    expect(await turn(database, fleet.operator, true)).toMatchObject({ kind: 'rotated', signing: key.kid });
    expect(await read(before, database)).toMatchObject({ refusal: { code: 'TICKET_KEY_UNKNOWN' } });
    expect(await read(await database.tickets.sign(claims()), database)).toMatchObject({ kind: 'read' });
  });

  test('leaves, and the next ticket has a key of the database again', async () => {
    await emptied();
    const database = await process(newTicketKey());
    const before = await database.tickets.sign(claims());
    const after = await fleet.database.tickets.sign(claims());
    expect(kidOf(after)).not.toBe(kidOf(before));
    for (const text of [before, after]) expect(await read(text, fleet.database)).toMatchObject({ kind: 'read' });
  });
});
