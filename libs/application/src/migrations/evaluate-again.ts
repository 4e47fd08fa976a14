import type { Caller } from '../caller.js';
import type { Tx } from '../ports/unit-of-work.js';
import { changeState } from './change-state.js';
import { completed, type Evaluating, type Evaluation, evaluate, isYes } from './evaluate.js';
import type { LockedMigration, MigrationSnapshot } from './migration-statements.js';

/** An admitted or verified migration on the newest revisions: it may go on, or it is over. */
export type EvaluatedAgain = { readonly kind: 'goes-on'; readonly evaluation: Evaluation } | { readonly kind: 'over' };

export async function evaluateAgain(
  tx: Tx,
  caller: Caller,
  migration: LockedMigration,
  snapshot: MigrationSnapshot,
  evaluating: Evaluating,
): Promise<EvaluatedAgain> {
  const known = completed(snapshot, migration);
  if (isOtherRun(migration.pins.runId, known.runId)) {
    const why = `the VM has been started anew: its run was ${migration.pins.runId}, and is ${known.runId ?? 'not known'}`;
    await changeState(tx, caller, migration, { trigger: 'drift', why });
    return { kind: 'over' };
  }
  const evaluation = await evaluate(tx, caller.fleet, migration, known, evaluating);
  if (isYes(evaluation.verdict)) return { kind: 'goes-on', evaluation };
  const refusal = evaluation.verdict;
  await changeState(tx, caller, migration, { trigger: 'drift', why: whyNot(refusal), refusal });
  return { kind: 'over' };
}

/** A run that is no longer named may be another one: doubt is never a yes. One that was never named tells nothing. */
const isOtherRun = (pinned: string | undefined, now: string | undefined): boolean =>
  pinned !== undefined && pinned !== now;

export function whyNot({ decision }: Evaluation['verdict']): string {
  const { outcome, wouldFail, findings } = decision;
  if (wouldFail !== null) return `no longer compatible: ${wouldFail.reason} in phase ${wouldFail.phase}`;
  const unknown = findings.find(({ severity }) => severity === 'unknown');
  return `no longer compatible: ${outcome}${unknown === undefined ? '' : `, ${unknown.reason} is not known`}`;
}

/** Its time is up: true when the database's clock agrees. */
export const expire = (tx: Tx, caller: Caller, migration: LockedMigration): Promise<boolean> =>
  changeState(tx, caller, migration, { trigger: 'expiry', why: `${migration.state}, and not started in time` });
