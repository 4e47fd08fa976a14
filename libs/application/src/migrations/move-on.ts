import type { Caller } from '../caller.js';
import type { Tx } from '../ports/unit-of-work.js';
import type { TicketSigner } from '../tickets/ticket-signer.js';
import { actorOf } from './actor.js';
import type { MigrationAnswer } from './answers.js';
import type { Evaluating, Evaluation } from './evaluate.js';
import { expire } from './evaluate-again.js';
import { ended } from './held-migration.js';
import { issueTicket, samePins } from './issue-ticket.js';
import type { LockedMigration } from './migration-statements.js';
import type { Trigger } from './transitions.js';

/** What verifying and starting need beside the transaction. */
export interface GoingOnTools extends Evaluating {
  readonly signer: TicketSigner;
  readonly deadlineMilliseconds: number;
}

/** A ticket that pins what is no longer so verifies nowhere: it gets a successor, which is good for no longer than it was. */
export async function moveOn(
  tx: Tx,
  caller: Caller,
  migration: LockedMigration,
  evaluation: Evaluation,
  signer: TicketSigner,
): Promise<void> {
  if (samePins(migration.pins, evaluation.pins)) return;
  const issued = await issueTicket(signer, caller.fleet, migration, evaluation, migration.expiresAt);
  await tx.migrations.reissue(caller.fleet, migration.id, issued);
  const { manifest, fingerprint, bootId = null } = evaluation.pins;
  await tx.audit.write(caller, 'migration.reissue', migration.id, { vm: migration.vm, manifest, fingerprint, bootId });
}

export const wasMadeBy = ({ steps }: LockedMigration, trigger: Trigger, caller: Caller): boolean =>
  steps.some((step) => step.trigger === trigger && step.by === actorOf(caller));

/** Its time was up before anything could be done with it. */
export async function expired(tx: Tx, caller: Caller, migration: LockedMigration): Promise<MigrationAnswer> {
  if (!(await expire(tx, caller, migration))) throw new Error(`migration \`${migration.id}\` has expired, and has not`);
  return over(tx, caller, migration.id);
}

/** What is said of a migration that has just ended. */
export async function over(tx: Tx, { fleet }: Caller, id: string): Promise<MigrationAnswer> {
  const migration = await tx.migrations.lock(fleet, id);
  if (migration === undefined) throw new Error(`migration \`${id}\` is gone from under its lock`);
  return ended(migration);
}
