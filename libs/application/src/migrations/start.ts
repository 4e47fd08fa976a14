import type { Caller } from '../caller.js';
import type { Tx } from '../ports/unit-of-work.js';
import type { MigrationAnswer } from './answers.js';
import { changeState } from './change-state.js';
import { evaluateAgain } from './evaluate-again.js';
import { done, ended } from './held-migration.js';
import { migrationDueJob } from './migration-job.js';
import type { LockedMigration } from './migration-statements.js';
import { expired, type GoingOnTools, moveOn, over, wasMadeBy } from './move-on.js';

/** Once started, the VM may run on either side until it is known where it ended. */
export async function start(
  tx: Tx,
  caller: Caller,
  migration: LockedMigration,
  tools: GoingOnTools,
): Promise<MigrationAnswer> {
  switch (migration.state) {
    case 'revoked':
      return ended(migration);
    case 'admitted':
      return migration.expired ? expired(tx, caller, migration) : { kind: 'not-verified' };
    case 'verified':
      return startVerified(tx, caller, migration, tools);
    default:
      return wasMadeBy(migration, 'start', caller) ? { kind: 'done', migration } : { kind: 'other-caller' };
  }
}

async function startVerified(
  tx: Tx,
  caller: Caller,
  migration: LockedMigration,
  tools: GoingOnTools,
): Promise<MigrationAnswer> {
  if (migration.expired) return expired(tx, caller, migration);
  const { fleet } = caller;
  const { signer, deadlineMilliseconds } = tools;
  const { id, vm, target } = migration;
  const snapshot = await tx.migrations.snapshot(fleet, vm, target);
  const again = await evaluateAgain(tx, caller, migration, snapshot, tools);
  if (again.kind === 'over') return over(tx, caller, id);
  const isStarted = await changeState(tx, caller, migration, {
    trigger: 'start',
    why: 'started',
    deadlineMilliseconds,
  });
  if (!isStarted) return expired(tx, caller, migration);
  await moveOn(tx, caller, migration, again.evaluation, signer);
  await tx.outbox.put(fleet, [migrationDueJob(fleet, id, 'in-flight', deadlineMilliseconds)]);
  return done(tx, fleet, id);
}
