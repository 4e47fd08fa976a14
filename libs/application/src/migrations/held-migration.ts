import { isId } from '../new-id.js';
import type { Tx } from '../ports/unit-of-work.js';
import type { LockedVm } from '../ports/vm-statements.js';
import type { MigrationAnswer, MigrationDone } from './answers.js';
import type { LockedMigration } from './migration-statements.js';

/** A migration with all that its change depends on, locked until the transaction ends. */
export interface Held {
  readonly migration: LockedMigration;
  /** Undefined when it was removed after the migration had ended. */
  readonly vm: LockedVm | undefined;
}

/**
 * Locks in one order wherever it is done: the VM, then the two hosts by name, then the migration. So no two transactions wait for
 * each other, and what is read of the three does not change before the commit.
 */
export async function hold(tx: Tx, fleet: string, id: string): Promise<Held | undefined> {
  const names = isId(id) ? await tx.migrations.names(fleet, id) : undefined;
  if (names === undefined) return undefined;
  const vm = await tx.vms.lock(fleet, names.vm);
  await tx.migrations.holdHosts(fleet, [names.source, names.target]);
  const migration = await tx.migrations.lock(fleet, id);
  return migration === undefined ? undefined : { migration, vm };
}

/** As it stands after what this transaction did to it. */
export async function done(tx: Tx, fleet: string, id: string): Promise<MigrationDone> {
  const migration = await tx.migrations.lock(fleet, id);
  if (migration === undefined) throw new Error(`migration \`${id}\` is gone from under its lock`);
  return { kind: 'done', migration };
}

/** What is said of a migration that has ended otherwise than the caller would have it. */
export function ended({ state, steps, refusal }: LockedMigration): MigrationAnswer {
  if (refusal !== undefined) return { kind: 'not-compatible', verdict: refusal };
  return { kind: 'ended', state, why: steps.at(-1)?.why ?? '' };
}
