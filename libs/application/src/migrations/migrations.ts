import type { Caller } from '../caller.js';
import { pageOf } from '../cursor.js';
import { speaksFor } from '../hosts/speaks-for.js';
import { isId } from '../new-id.js';
import type { CursorInvalid, Listed, Page } from '../page.js';
import type { Tx, UnitOfWork } from '../ports/unit-of-work.js';
import type { Witness } from '../shadow/witness.js';
import type { TicketSigner } from '../tickets/ticket-signer.js';
import { berthIn } from './actor.js';
import type {
  KeptAnswer,
  MigrationAnswer,
  MigrationDone,
  MigrationOpened,
  MigrationRefusal,
  MigrationRequest,
  MigrationUnknown,
  ReportAnswer,
  ReportRequest,
  TargetWord,
} from './answers.js';
import { changeState } from './change-state.js';
import { evaluateAgain, expire } from './evaluate-again.js';
import { done, type Held, hold } from './held-migration.js';
import type { MigrationRecord } from './migration.js';
import type { LockedMigration } from './migration-statements.js';
import type { MigrationFilter, MigrationStore } from './migration-store.js';
import { moveOn, wasMadeBy } from './move-on.js';
import { openUnderKey } from './open-migration.js';
import { reportOutcome } from './report-outcome.js';
import { start } from './start.js';
import type { MigrationState } from './transitions.js';
import { verify } from './verify.js';

export interface MigrationPorts {
  readonly work: UnitOfWork;
  readonly store: MigrationStore;
  readonly signer: TicketSigner;
  readonly newId: () => string;
  /** Is told of each evaluation. */
  readonly witness?: Witness | undefined;
}

export interface MigrationSettings {
  /** How long a ticket is good for at most, and with it each wait for the next step. */
  readonly ticketMilliseconds: number;
  /** How long after the start a report is waited for. */
  readonly deadlineMilliseconds: number;
}

export interface MigrationQuery extends Page, MigrationFilter {}

/** So many are seen to in one round of the sweep; the next round comes soon. */
const ROUND = 200;

/**
 * Moving one VM, step by step. Each step looks at the newest facts in the transaction that makes it, and may be asked for again by
 * whoever did not hear the answer. Time is the database's, and ids come from a port: the same store gives the same story.
 */
export class Migrations {
  readonly #ports: MigrationPorts;
  readonly #settings: MigrationSettings;

  constructor(ports: MigrationPorts, settings: MigrationSettings) {
    this.#ports = ports;
    this.#settings = settings;
  }

  open(caller: Caller, request: MigrationRequest, kept?: KeptAnswer): Promise<MigrationOpened> {
    const tools = { ...this.#goingOn(), newId: this.#ports.newId };
    return this.#ports.work.run((tx) => openUnderKey(tx, caller, request, kept, tools));
  }

  /** By the target's agent, or by an orchestrator on its behalf. */
  verify(caller: Caller, id: string, word: TargetWord = {}): Promise<MigrationAnswer> {
    return this.#on(caller.fleet, id, async (tx, { migration }) => {
      if (!speaksFor(caller, migration.target)) return { kind: 'host-forbidden' };
      return verify(tx, caller, migration, word, this.#goingOn());
    });
  }

  start(caller: Caller, id: string): Promise<MigrationAnswer> {
    return this.#on(caller.fleet, id, (tx, { migration }) => start(tx, caller, migration, this.#goingOn()));
  }

  /** By the agent of that side, or by an orchestrator on its behalf. */
  report(caller: Caller, id: string, request: ReportRequest): Promise<ReportAnswer> {
    return this.#on<ReportAnswer>(caller.fleet, id, async (tx, held) => {
      if (!speaksFor(caller, held.migration[request.side])) return { kind: 'host-forbidden' };
      return reportOutcome(tx, caller, held, request);
    });
  }

  cancel(caller: Caller, id: string): Promise<MigrationAnswer> {
    return this.#on(caller.fleet, id, (tx, { migration }) => cancel(tx, caller, migration));
  }

  async get(caller: Caller, id: string): Promise<MigrationDone | MigrationUnknown> {
    const migration = isId(id) ? await this.#ports.store.find(caller.fleet, id) : undefined;
    return migration === undefined ? { kind: 'migration-unknown' } : { kind: 'done', migration };
  }

  /** Newest first. */
  list(caller: Caller, query: MigrationQuery): Promise<Listed<MigrationRecord> | CursorInvalid> {
    return pageOf(
      'migrations',
      query,
      (row) => row.id,
      (after, limit) => this.#ports.store.page(caller.fleet, query, after === '' ? undefined : after, limit),
      isId,
    );
  }

  /** Ids of the open migrations of a VM, or of those that name a host on either side. */
  openOn(fleet: string, on: { readonly vm: string } | { readonly host: string }): Promise<readonly string[]> {
    return this.#ports.store.openOn(fleet, on);
  }

  /**
   * Looks again at a migration that waits, after something that it rests on has changed: it is revoked, or its ticket moves on to
   * the newest revisions. One that was started is left alone. Answers its state; undefined for an unknown one.
   */
  reconsider(fleet: string, id: string): Promise<MigrationState | undefined> {
    const tools = this.#goingOn();
    const berth = berthIn(fleet);
    return this.#state(fleet, id, async (tx, migration) => {
      if (migration.state !== 'admitted' && migration.state !== 'verified') return;
      if (migration.expired && (await expire(tx, berth, migration))) return;
      const snapshot = await tx.migrations.snapshot(fleet, migration.vm, migration.target);
      const again = await evaluateAgain(tx, berth, migration, snapshot, tools);
      if (again.kind === 'goes-on') await moveOn(tx, berth, migration, again.evaluation, tools.signer);
    });
  }

  /** Sees to a migration whose expiry or deadline has come, if it has. Answers its state; undefined for an unknown one. */
  due(fleet: string, id: string): Promise<MigrationState | undefined> {
    const berth = berthIn(fleet);
    return this.#state(fleet, id, async (tx, migration) => {
      if (migration.expired) await expire(tx, berth, migration);
      if (migration.overdue)
        await changeState(tx, berth, migration, { trigger: 'deadline', why: 'nobody reported by the deadline' });
    });
  }

  /** Sees to every migration whose time has come: what the jobs do, for those whose job was lost. Answers how many there were. */
  async sweep(): Promise<number> {
    const due = await this.#ports.store.due(ROUND);
    const failures: unknown[] = [];
    // One that cannot be seen to must not keep the others waiting.
    for (const { fleet, id } of due) await this.due(fleet, id).catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
    return due.length;
  }

  #goingOn() {
    const { signer, witness } = this.#ports;
    return { signer, witness, ...this.#settings };
  }

  #on<T>(fleet: string, id: string, work: (tx: Tx, held: Held) => Promise<T>): Promise<T | MigrationUnknown> {
    return this.#ports.work.run(async (tx) => {
      const held = await hold(tx, fleet, id);
      return held === undefined ? { kind: 'migration-unknown' } : work(tx, held);
    });
  }

  async #state(
    fleet: string,
    id: string,
    work: (tx: Tx, migration: LockedMigration) => Promise<void>,
  ): Promise<MigrationState | undefined> {
    const answer = await this.#on(fleet, id, async (tx, { migration }) => {
      await work(tx, migration);
      return done(tx, fleet, id);
    });
    return answer.kind === 'done' ? answer.migration.state : undefined;
  }
}

async function cancel(tx: Tx, caller: Caller, migration: LockedMigration): Promise<MigrationAnswer> {
  const { state } = migration;
  if (state === 'in-flight' || state === 'unreported') return { kind: 'in-flight', state };
  if (state === 'admitted' || state === 'verified') {
    await changeState(tx, caller, migration, { trigger: 'cancel', why: 'cancelled' });
    return done(tx, caller.fleet, migration.id);
  }
  if (wasMadeBy(migration, 'cancel', caller)) return { kind: 'done', migration };
  return endedOtherwise(migration);
}

/** A verdict that revoked it is no answer to somebody who wanted it revoked. */
function endedOtherwise(migration: LockedMigration): MigrationRefusal {
  const isCancelled = migration.steps.at(-1)?.trigger === 'cancel';
  if (isCancelled) return { kind: 'other-caller' };
  return { kind: 'ended', state: migration.state, why: migration.steps.at(-1)?.why ?? '' };
}
