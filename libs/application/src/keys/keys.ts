import { timingSafeEqual } from 'node:crypto';
import type { Caller, Role } from '../caller.js';
import { pageOf } from '../cursor.js';
import type { CursorInvalid, Listed, Page } from '../page.js';
import type { KeyReads, KeyRecord, LiveKey } from '../ports/key-reads.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { hashSecret, newSecretKey, parseKey, printKey } from './secret-key.js';
import { ShortMemory } from './short-memory.js';

export interface KeyRequest {
  readonly role: Role;
  /** The one host that an agent key speaks for; agent keys have one, others none. */
  readonly host?: string | undefined;
  readonly label?: string | undefined;
}

/** `key` is shown this once: only its hash is kept. */
export interface IssuedKey {
  readonly id: string;
  readonly key: string;
  readonly role: Role;
  readonly host: string | undefined;
  readonly label: string | undefined;
}

export type KeyRevoked = { readonly kind: 'revoked' } | { readonly kind: 'key-unknown'; readonly id: string };

/** How long a revoked key may still pass in another process. */
const REMEMBERED_MILLISECONDS = 5_000;
const FIRST_FLEET = 'default';

export class Keys {
  private readonly live = new ShortMemory<LiveKey>(REMEMBERED_MILLISECONDS, 10_000);

  constructor(
    private readonly work: UnitOfWork,
    private readonly keys: KeyReads,
  ) {}

  async issue(caller: Caller, request: KeyRequest): Promise<IssuedKey> {
    const key = newSecretKey();
    const { role, host, label } = request;
    if ((role === 'agent') !== (host !== undefined))
      throw new Error('an agent key has a host, and no other key has one');
    await this.work.run(async (tx) => {
      await tx.keys.insert({ fleet: caller.fleet, id: key.id, secretHash: hashSecret(key), role, host, label });
      await tx.audit.write(caller, 'key.issue', key.id, { role, host: host ?? null, label: label ?? null });
    });
    return { id: key.id, key: printKey(key), role, host, label };
  }

  list(caller: Caller, page: Page): Promise<Listed<KeyRecord> | CursorInvalid> {
    return pageOf(
      'keys',
      page,
      (row) => row.id,
      (after, limit) => this.keys.page(caller.fleet, after, limit),
    );
  }

  async revoke(caller: Caller, id: string): Promise<KeyRevoked> {
    const revoked = await this.work.run(async (tx) => {
      const done = await tx.keys.revoke(caller.fleet, id);
      if (done) await tx.audit.write(caller, 'key.revoke', id, {});
      return done;
    });
    this.live.forget(id);
    return revoked ? { kind: 'revoked' } : { kind: 'key-unknown', id };
  }

  async authenticate(text: string): Promise<Caller | undefined> {
    const key = parseKey(text);
    if (key === undefined) return undefined;
    const live = await this.live.recall(key.id, () => this.keys.findLive(key.id));
    if (live === undefined || !timingSafeEqual(live.secretHash, hashSecret(key))) return undefined;
    const { fleet, id, role, host } = live;
    return { fleet, keyId: id, role, ...(host === undefined ? {} : { host }) };
  }

  /** Does the key still open, with which this caller came? For what goes on after it was asked for. */
  async isLive(caller: Caller): Promise<boolean> {
    return (await this.live.recall(caller.keyId, () => this.keys.findLive(caller.keyId))) !== undefined;
  }

  /** The key that whoever runs Berth holds: `held` while it is good, else a new one to be kept in its place. */
  async ensureAdminKey(held?: string): Promise<string> {
    const caller = held === undefined ? undefined : await this.authenticate(held);
    if (held !== undefined && caller?.role === 'admin') return held;
    const issued = await this.issue(
      { fleet: FIRST_FLEET, keyId: 'start', role: 'admin' },
      { role: 'admin', label: 'made at start' },
    );
    return issued.key;
  }
}
