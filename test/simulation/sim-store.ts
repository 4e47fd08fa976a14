import type { EventType, LockedMigration, MigrationReport, MigrationStep, NewMigration } from '@berth/application';
import type { HostState } from '@berth/engine';
import type { Planted } from './faults.js';
import { Deadlock, type LockMode, Locks } from './locks.js';
import type { Scheduler } from './scheduler.js';

export interface HostRow {
  readonly revision: number;
  readonly state: HostState;
}

export interface VmRow {
  readonly revision: number;
  readonly host: string;
}

export interface MigrationRow extends Omit<NewMigration, 'ticketDigest' | 'expiresAt'> {
  readonly state: LockedMigration['state'];
  readonly ticketDigests: readonly string[];
  readonly refusal: LockedMigration['refusal'];
  /** Milliseconds of the store's clock. */
  readonly expiresAt: number;
  readonly deadlineAt: number | undefined;
  readonly createdAt: number;
  readonly steps: readonly MigrationStep[];
  readonly reports: readonly MigrationReport[];
}

export interface KeyRow {
  readonly requestDigest: string;
  readonly body: string | undefined;
}

export interface EventRow {
  readonly type: EventType;
  readonly subject: string;
}

/** The rows by their kind and key. */
export interface Tables {
  readonly host: HostRow;
  readonly vm: VmRow;
  readonly migration: MigrationRow;
  readonly key: KeyRow;
}
type Kind = keyof Tables;

const OPEN: ReadonlySet<string> = new Set(['admitted', 'verified', 'in-flight', 'unreported']);
export const isOpen = ({ state }: MigrationRow): boolean => OPEN.has(state);

/** Has its expiry or its deadline come? */
export function isDue({ state, expiresAt, deadlineAt }: MigrationRow, now: number): boolean {
  if (state === 'in-flight') return deadlineAt !== undefined && deadlineAt <= now;
  return (state === 'admitted' || state === 'verified') && expiresAt <= now;
}

/** Rows in memory with the isolation that Berth asks PostgreSQL for: READ COMMITTED, and row locks held to the end. */
export class SimStore {
  readonly locks = new Locks();
  readonly planted: Planted | undefined;
  readonly scheduler: Scheduler;
  readonly events: EventRow[] = [];
  /** The queues and ids of the jobs that were put into the outbox. */
  readonly jobs: string[] = [];
  /** Called after each commit. */
  onCommit: () => void = () => undefined;
  now = 0;
  readonly #rows = new Map<string, Tables[Kind]>();

  constructor(scheduler: Scheduler, planted?: Planted) {
    this.scheduler = scheduler;
    this.planted = planted;
  }

  /** As committed. */
  get<K extends Kind>(kind: K, key: string): Tables[K] | undefined {
    return this.#rows.get(`${kind}/${key}`) as Tables[K] | undefined;
  }

  all<K extends Kind>(kind: K): readonly Tables[K][] {
    const found: Tables[K][] = [];
    for (const [at, row] of this.#rows) if (at.startsWith(`${kind}/`)) found.push(row as Tables[K]);
    return found;
  }

  /** From outside every transaction: how the world begins. */
  set<K extends Kind>(kind: K, key: string, row: Tables[K] | undefined): void {
    if (row === undefined) this.#rows.delete(`${kind}/${key}`);
    else this.#rows.set(`${kind}/${key}`, row);
  }
}

/** What one transaction has changed, and nobody else sees. */
export class SimTransaction {
  readonly store: SimStore;
  readonly process: number;
  readonly #changed = new Map<
    string,
    { readonly kind: Kind; readonly key: string; readonly row: Tables[Kind] | undefined }
  >();
  readonly #events: EventRow[] = [];
  readonly #jobs: string[] = [];
  readonly #afterCommit: (() => Promise<void>)[] = [];

  constructor(store: SimStore, process: number) {
    this.store = store;
    this.process = process;
  }

  /** Every statement begins here. */
  statement(): Promise<void> {
    return this.store.scheduler.point(this.process);
  }

  async lock(kind: Kind, key: string, mode: LockMode = 'update'): Promise<void> {
    const wait = this.store.locks.take(this, `${kind}/${key}`, mode);
    if (wait !== undefined) await this.store.scheduler.blocked(this.process, wait);
  }

  get<K extends Kind>(kind: K, key: string): Tables[K] | undefined {
    const changed = this.#changed.get(`${kind}/${key}`);
    return changed === undefined ? this.store.get(kind, key) : (changed.row as Tables[K] | undefined);
  }

  set<K extends Kind>(kind: K, key: string, row: Tables[K] | undefined): void {
    this.#changed.set(`${kind}/${key}`, { kind, key, row });
  }

  openOf(vm: string): MigrationRow | undefined {
    const ids = new Set([...this.store.all('migration').map(({ id }) => id)]);
    for (const { kind, key } of this.#changed.values()) if (kind === 'migration') ids.add(key);
    for (const id of ids) {
      const row = this.get('migration', id);
      if (row !== undefined && row.vm === vm && isOpen(row)) return row;
    }
    return undefined;
  }

  tell(event: EventRow): void {
    this.#events.push(event);
  }

  put(job: string): void {
    this.#jobs.push(job);
  }

  afterCommit(work: () => Promise<void>): void {
    this.#afterCommit.push(work);
  }

  /** The answer to COMMIT may be lost after it was done. */
  async commit(): Promise<void> {
    await this.statement();
    for (const { kind, key, row } of this.#changed.values()) this.store.set(kind, key, row);
    this.store.events.push(...this.#events);
    this.store.jobs.push(...this.#jobs);
    this.store.locks.release(this);
    this.store.onCommit();
    for (const work of this.#afterCommit) await work();
    await this.statement();
  }

  rollback(): void {
    this.store.locks.release(this);
  }
}

const ATTEMPTS = 3;

/** Like the real one: again after a deadlock, a few times. */
export async function transaction<T>(
  store: SimStore,
  process: number,
  work: (tx: SimTransaction) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const tx = new SimTransaction(store, process);
    try {
      const value = await work(tx);
      await tx.commit();
      return value;
    } catch (error) {
      tx.rollback();
      if (!(error instanceof Deadlock) || attempt === ATTEMPTS) throw error;
    }
  }
}
