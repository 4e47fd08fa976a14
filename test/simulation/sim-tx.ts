import type {
  IssuedTicket,
  LockedHost,
  LockedMigration,
  MigrationSnapshot,
  MigrationStatements,
  Move,
  NewMigration,
  Tx,
  UnitOfWork,
} from '@berth/application';
import type { Planted } from './faults.js';
import { isDue, type MigrationRow, type SimStore, type SimTransaction, transaction } from './sim-store.js';
import { DOCUMENTS, FINGERPRINT_DIGEST, FLEET, MANIFEST_DIGEST } from './world.js';

const HOUR = 3_600_000;
/** With one of these planted neither the VM nor its migration is locked. */
const UNLOCKED: ReadonlySet<Planted | undefined> = new Set<Planted>(['vm-not-locked', 'start-without-compare-and-set']);
/** With one of these a state is overwritten whatever it was. */
const OVERWRITING: ReadonlySet<Planted | undefined> = new Set<Planted>([
  'start-without-compare-and-set',
  'report-moves-twice',
]);
const noLabels: ReadonlyMap<string, string> = new Map();

/** The real use-cases run on this as on PostgreSQL; every statement is a point at which the others may go first. */
export class SimUnitOfWork implements UnitOfWork {
  readonly #store: SimStore;
  readonly #process: number;

  constructor(store: SimStore, process: number) {
    this.#store = store;
    this.#process = process;
  }

  run<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return transaction(this.#store, this.#process, (tx) => work(statementsOf(tx)));
  }
}

function statementsOf(tx: SimTransaction): Tx {
  const used: Partial<Tx> = {
    hosts: hostStatements(tx),
    vms: vmStatements(tx),
    migrations: migrationStatements(tx),
    idempotency: idempotencyStatements(tx),
    calibration: { ...absent('calibration'), note: () => tx.statement() },
    audit: { write: async () => undefined },
    events: { emit: async (_fleet, { type, subject }) => tx.tell({ type, subject }) },
    outbox: {
      put: async (_fleet, jobs) => {
        for (const { queue, id } of jobs) tx.put(`${queue} ${id}`);
      },
    },
    drift: { ...absent('drift'), note: async () => 1 },
    documents: DOCUMENTS,
  };
  return used as Tx;
}

/** What no use-case of this simulation asks for. */
function absent<T extends object>(what: string): T {
  const refuse = (_target: object, name: string | symbol): never => {
    throw new Error(`the simulation has no \`${what}.${String(name)}\``);
  };
  return new Proxy({}, { get: refuse }) as T;
}

function hostStatements(tx: SimTransaction): Tx['hosts'] {
  const statements: Partial<Tx['hosts']> = {
    lock: async (_fleet, host) => {
      await tx.statement();
      await tx.lock('host', host);
      const row = tx.get('host', host);
      return row === undefined ? undefined : ({ ...EMPTY_HOST, ...row } satisfies LockedHost);
    },
    change: async (_fleet, host, { state }) => {
      await tx.statement();
      const row = tx.get('host', host);
      if (row !== undefined && state !== undefined) tx.set('host', host, { ...row, state });
    },
  };
  return statements as Tx['hosts'];
}

const EMPTY_HOST = {
  digest: FINGERPRINT_DIGEST,
  labels: noLabels,
  machineId: undefined,
  bootId: undefined,
  heardBootId: undefined,
  heardDigest: undefined,
  contender: undefined,
  collectedAt: new Date(0),
} as const;

function vmStatements(tx: SimTransaction): Tx['vms'] {
  const statements: Partial<Tx['vms']> = {
    lock: async (_fleet, vm) => {
      await tx.statement();
      if (!UNLOCKED.has(tx.store.planted)) await tx.lock('vm', vm);
      const row = tx.get('vm', vm);
      return row === undefined ? undefined : { ...row, digest: MANIFEST_DIGEST, labels: noLabels };
    },
    place: async (_fleet, vm, revision, host) => {
      await tx.statement();
      const row = tx.get('vm', vm);
      if (row?.revision !== revision) throw new Error(`VM \`${vm}\` moved on from revision ${revision} under its lock`);
      tx.set('vm', vm, { revision: revision + 1, host });
      return revision + 1;
    },
  };
  return statements as Tx['vms'];
}

function migrationStatements(tx: SimTransaction): MigrationStatements {
  const { planted } = tx.store;
  return {
    names: async (_fleet, id) => {
      await tx.statement();
      return tx.get('migration', id);
    },
    holdHosts: async (_fleet, hosts) => {
      await tx.statement();
      if (planted === 'stale-evaluation') return;
      for (const host of [...new Set(hosts)].sort()) await tx.lock('host', host, 'share');
    },
    lock: async (_fleet, id) => {
      await tx.statement();
      if (!UNLOCKED.has(planted)) await tx.lock('migration', id);
      const row = tx.get('migration', id);
      return row === undefined ? undefined : lockedOf(tx, row);
    },
    openOf: async (_fleet, vm) => {
      await tx.statement();
      const row = tx.openOf(vm);
      return row === undefined ? undefined : lockedOf(tx, row);
    },
    isNamed: async () => false,
    snapshot: (_fleet, vm, target) => snapshotOf(tx, vm, target),
    insert: (_fleet, migration) => insert(tx, migration),
    move: (_fleet, id, move) => moveRow(tx, id, move),
    reissue: async (_fleet, id, issued) => {
      await tx.statement();
      const row = tx.get('migration', id);
      if (row === undefined) return;
      const ticketDigests = [...row.ticketDigests, issued.ticketDigest];
      tx.set('migration', id, { ...row, ...issuedValues(issued), ticketDigests });
    },
    addStep: async (_fleet, id, step) => {
      await tx.statement();
      const row = tx.get('migration', id);
      if (row !== undefined) tx.set('migration', id, { ...row, steps: [...row.steps, { ...step, at: clock(tx) }] });
    },
    addReport: async (_fleet, id, report) => {
      await tx.statement();
      const row = tx.get('migration', id);
      if (row !== undefined)
        tx.set('migration', id, { ...row, reports: [...row.reports, { ...report, at: clock(tx) }] });
    },
  };
}

const clock = (tx: SimTransaction): Date => new Date(tx.store.now);

function issuedValues({ pins, prediction, ticket, expiresAt }: IssuedTicket) {
  return { pins, prediction, ticket, expiresAt: expiresAt.getTime() };
}

/** As the row that is locked: what the clock says of it is said when the lock is held. */
function lockedOf(tx: SimTransaction, row: MigrationRow): LockedMigration {
  const { store } = tx;
  const state = store.planted === 'report-moves-twice' && row.state === 'landed' ? 'in-flight' : row.state;
  return {
    ...row,
    state,
    expiresAt: new Date(row.expiresAt),
    deadlineAt: row.deadlineAt === undefined ? undefined : new Date(row.deadlineAt),
    createdAt: new Date(row.createdAt),
    expired: (state === 'admitted' || state === 'verified') && row.expiresAt <= store.now,
    overdue: state === 'in-flight' && row.deadlineAt !== undefined && row.deadlineAt <= store.now,
  };
}

async function snapshotOf(tx: SimTransaction, vm: string, target: string): Promise<MigrationSnapshot> {
  await tx.statement();
  const { now } = tx.store;
  const vmRow = tx.get('vm', vm);
  const hostRow = tx.get('host', target);
  const sourceRow = vmRow === undefined ? undefined : tx.get('host', vmRow.host);
  const digest = FINGERPRINT_DIGEST;
  return {
    now: new Date(now),
    runId: undefined,
    bootId: undefined,
    catalogue: undefined,
    ...(vmRow === undefined ? {} : { vm: { ...vmRow, digest: MANIFEST_DIGEST } }),
    ...(hostRow === undefined
      ? {}
      : { target: { ...hostRow, digest, freshness: 'fresh' as const, freshUntil: new Date(now + 24 * HOUR) } }),
    ...(sourceRow === undefined ? {} : { source: { revision: sourceRow.revision, digest } }),
  };
}

/** ON CONFLICT DO NOTHING waits for whoever inserts the same key, and sees what that one committed. */
async function insert(tx: SimTransaction, migration: NewMigration): Promise<boolean> {
  await tx.statement();
  if (tx.store.planted !== 'vm-not-locked') {
    await tx.lock('key', `open/${migration.vm}`);
    if (tx.openOf(migration.vm) !== undefined) return false;
  }
  const { ticketDigest, ...row } = migration;
  tx.set('migration', migration.id, {
    ...row,
    state: 'admitted',
    ticketDigests: [ticketDigest],
    refusal: undefined,
    expiresAt: migration.expiresAt.getTime(),
    deadlineAt: undefined,
    createdAt: tx.store.now,
    steps: [],
    reports: [],
  });
  return true;
}

async function moveRow(tx: SimTransaction, id: string, move: Move): Promise<boolean> {
  await tx.statement();
  const { planted, now } = tx.store;
  const row = tx.get('migration', id);
  if (row === undefined || !isMoment(row, move, now)) return false;
  if (row.state !== move.from && !OVERWRITING.has(planted)) return false;
  const state = planted === 'timeout-is-failure' && move.to === 'unreported' ? 'aborted' : move.to;
  const { deadlineMilliseconds } = move;
  const deadlineAt = deadlineMilliseconds === undefined ? row.deadlineAt : now + deadlineMilliseconds;
  tx.set('migration', id, { ...row, state, refusal: move.refusal, deadlineAt });
  if (planted === 'host-changed-at-start' && state === 'in-flight') placeUnasked(tx, row);
  return true;
}

function placeUnasked(tx: SimTransaction, { vm, target }: MigrationRow): void {
  const row = tx.get('vm', vm);
  if (row !== undefined) tx.set('vm', vm, { ...row, host: target });
}

function isMoment(row: MigrationRow, { moment }: Move, now: number): boolean {
  if (moment === 'before-expiry') return row.expiresAt > now;
  if (moment === 'after-expiry') return row.expiresAt <= now;
  if (moment === 'after-deadline') return row.deadlineAt !== undefined && row.deadlineAt <= now;
  return true;
}

function idempotencyStatements(tx: SimTransaction): Tx['idempotency'] {
  const { planted } = tx.store;
  return {
    claim: async ({ keyId }, { key, requestDigest }) => {
      await tx.statement();
      const at = `${keyId}/${key}`;
      if (planted === 'key-ignored') return { kind: 'claimed' };
      if (planted !== 'key-kept-after-commit') await tx.lock('key', at);
      const row = tx.get('key', at);
      if (row?.body === undefined) {
        if (planted !== 'key-kept-after-commit') tx.set('key', at, { requestDigest, body: undefined });
        return { kind: 'claimed' };
      }
      return { kind: 'kept', requestDigest: row.requestDigest, status: 201, body: row.body };
    },
    keep: async ({ keyId }, key, _status, body) => {
      await tx.statement();
      const at = `${keyId}/${key}`;
      const row = { requestDigest: key, body };
      if (planted === 'key-kept-after-commit')
        tx.afterCommit(async () => {
          await tx.statement();
          tx.store.set('key', at, row);
        });
      else tx.set('key', at, { ...(tx.get('key', at) ?? row), body });
    },
    release: async ({ keyId }, key) => {
      await tx.statement();
      tx.set('key', `${keyId}/${key}`, undefined);
    },
  };
}

/** What is read outside every transaction: one statement, of what is committed. */
export function dueIn(store: SimStore): readonly { readonly fleet: string; readonly id: string }[] {
  return store
    .all('migration')
    .filter((row) => isDue(row, store.now))
    .map(({ id }) => ({ fleet: FLEET, id }));
}
