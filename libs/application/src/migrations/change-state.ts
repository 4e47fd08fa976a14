import type { Caller } from '../caller.js';
import type { EventType } from '../events/event-statements.js';
import type { AuditAction } from '../ports/audit-statements.js';
import type { Tx } from '../ports/unit-of-work.js';
import type { StoredVerdict } from '../preflights/stored-verdict.js';
import { actorOf, BERTH } from './actor.js';
import type { MigrationNames, MigrationRecord } from './migration.js';
import type { Moment } from './migration-statements.js';
import { type MigrationState, nextState, type Trigger } from './transitions.js';

const EVENTS: Readonly<Record<MigrationState, EventType>> = {
  admitted: 'migration.admitted',
  verified: 'migration.verified',
  'in-flight': 'migration.started',
  unreported: 'migration.unreported',
  landed: 'migration.landed',
  aborted: 'migration.aborted',
  revoked: 'migration.revoked',
};

const ACTIONS: Readonly<Record<Trigger, AuditAction>> = {
  open: 'migration.open',
  verify: 'migration.verify',
  start: 'migration.start',
  cancel: 'migration.cancel',
  landed: 'migration.report',
  failed: 'migration.report',
  drift: 'migration.revoke',
  expiry: 'migration.expire',
  deadline: 'migration.deadline',
};

/** What moves a state by Berth's own decision, whoever's call made it look. */
const BY_BERTH: ReadonlySet<Trigger> = new Set(['drift', 'expiry', 'deadline']);

const MOMENTS: Partial<Readonly<Record<Trigger, Moment>>> = {
  verify: 'before-expiry',
  start: 'before-expiry',
  expiry: 'after-expiry',
  deadline: 'after-deadline',
};

export interface Change {
  readonly trigger: Trigger;
  readonly why: string;
  readonly deadlineMilliseconds?: number | undefined;
  readonly refusal?: StoredVerdict | undefined;
}

type Named = MigrationNames & { readonly id: string };

/**
 * The one way in which the state of a migration changes: by the table, as a compare-and-set, with its step, its audit row and its
 * event in the same transaction. False when the database's clock says that the moment for it has passed, or has not come.
 */
export async function changeState(tx: Tx, caller: Caller, from: MigrationRecord, change: Change): Promise<boolean> {
  const { trigger, why, ...more } = change;
  const to = nextState(from.state, trigger);
  if (to === undefined) throw new Error(`no migration goes on from \`${from.state}\` by \`${trigger}\``);
  const moment = MOMENTS[trigger] ?? 'any';
  if (!(await tx.migrations.move(caller.fleet, from.id, { from: from.state, to, moment, ...more }))) return false;
  await noteChange(tx, caller, from, { from: from.state, to, trigger, why });
  return true;
}

/** What is written with a change of state, the first one included. */
export async function noteChange(
  tx: Tx,
  caller: Caller,
  { id, vm, source, target }: Named,
  step: {
    readonly from: MigrationState | null;
    readonly to: MigrationState;
    readonly trigger: Trigger;
    readonly why: string;
  },
): Promise<void> {
  const by = BY_BERTH.has(step.trigger) ? BERTH : actorOf(caller);
  const { from, to, why } = step;
  await tx.migrations.addStep(caller.fleet, id, { ...step, by });
  await tx.audit.write(caller, ACTIONS[step.trigger], id, { vm, source, target, from, to, why });
  await tx.events.emit(caller.fleet, {
    type: EVENTS[to],
    subject: `migrations/${id}`,
    data: { migration: id, vm, source, target, state: to, why },
  });
}
