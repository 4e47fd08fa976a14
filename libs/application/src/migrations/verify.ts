import type { Caller } from '../caller.js';
import type { Tx } from '../ports/unit-of-work.js';
import type { MigrationAnswer, MigrationRefusal, TargetWord } from './answers.js';
import { changeState } from './change-state.js';
import type { Evaluation } from './evaluate.js';
import { evaluateAgain } from './evaluate-again.js';
import { done, ended } from './held-migration.js';
import { issueTicket, ticketDigestOf } from './issue-ticket.js';
import { migrationDueJob } from './migration-job.js';
import type { LockedMigration, MigrationSnapshot } from './migration-statements.js';
import { expired, type GoingOnTools, moveOn, over, wasMadeBy } from './move-on.js';

/** The target looks at itself and says that it is still what the migration was opened on. */
export async function verify(
  tx: Tx,
  caller: Caller,
  migration: LockedMigration,
  word: TargetWord,
  tools: GoingOnTools,
): Promise<MigrationAnswer> {
  const { state } = migration;
  if (isForeign(migration, word)) return { kind: 'ticket-foreign' };
  if (state === 'revoked') return ended(migration);
  if (state === 'admitted') return verifyWaiting(tx, caller, migration, word, tools);
  if (!wasMadeBy(migration, 'verify', caller)) return { kind: 'other-caller' };
  if (state === 'verified') return verifyWaiting(tx, caller, migration, word, tools);
  return { kind: 'done', migration };
}

/** The answer to the call before this one may be lost, and with it a newer ticket: each that was issued will do. */
const isForeign = ({ ticketDigests }: LockedMigration, { ticket }: TargetWord): boolean =>
  ticket !== undefined && !ticketDigests.includes(ticketDigestOf(ticket));

async function verifyWaiting(
  tx: Tx,
  caller: Caller,
  migration: LockedMigration,
  word: TargetWord,
  tools: GoingOnTools,
): Promise<MigrationAnswer> {
  if (migration.expired) return expired(tx, caller, migration);
  const snapshot = await tx.migrations.snapshot(caller.fleet, migration.vm, migration.target);
  const moved = factsMoved(word, snapshot);
  if (moved !== undefined) return moved;
  const again = await evaluateAgain(tx, caller, migration, snapshot, tools);
  if (again.kind === 'over') return over(tx, caller, migration.id);
  if (migration.state === 'admitted') return firstVerified(tx, caller, migration, again.evaluation, tools);
  await moveOn(tx, caller, migration, again.evaluation, tools.signer);
  return done(tx, caller.fleet, migration.id);
}

async function firstVerified(
  tx: Tx,
  caller: Caller,
  migration: LockedMigration,
  evaluation: Evaluation,
  { signer }: GoingOnTools,
): Promise<MigrationAnswer> {
  const { fleet } = caller;
  const why = caller.host === undefined ? 'verified on behalf of the target' : 'verified by the target';
  if (!(await changeState(tx, caller, migration, { trigger: 'verify', why }))) return expired(tx, caller, migration);
  const issued = await issueTicket(signer, fleet, migration, evaluation);
  await tx.migrations.reissue(fleet, migration.id, issued);
  const inMilliseconds = issued.expiresAt.getTime() - evaluation.verdict.evaluatedAt.getTime();
  await tx.outbox.put(fleet, [migrationDueJob(fleet, migration.id, 'verified', inMilliseconds)]);
  return done(tx, fleet, migration.id);
}

function factsMoved(
  { digest, bootId }: TargetWord,
  { target, bootId: booted }: MigrationSnapshot,
): MigrationRefusal | undefined {
  if (digest !== undefined && target !== undefined && digest !== target.digest)
    return { kind: 'facts-moved', fact: 'digest', registered: target.digest };
  if (bootId !== undefined && booted !== undefined && bootId !== booted)
    return { kind: 'facts-moved', fact: 'bootId', registered: booted };
  return undefined;
}
