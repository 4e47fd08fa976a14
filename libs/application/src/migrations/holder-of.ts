import type { Caller } from '../caller.js';
import type { Tx } from '../ports/unit-of-work.js';
import { expire } from './evaluate-again.js';
import type { OpenRef } from './migration-statements.js';

/** The open migration that stands in the way of another change to the VM, whose row is locked. One whose time is up does not. */
export async function holderOf(tx: Tx, caller: Caller, vm: string): Promise<OpenRef | undefined> {
  const open = await tx.migrations.openOf(caller.fleet, vm);
  if (open?.expired !== true) return open;
  const migration = await tx.migrations.lock(caller.fleet, open.id);
  if (migration === undefined) return undefined;
  const isOver = migration.expired && (await expire(tx, caller, migration));
  return isOver ? undefined : open;
}
