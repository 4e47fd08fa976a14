import type { Tx } from '../ports/unit-of-work.js';
import { driftJob } from './drift-job.js';
import type { DriftChange } from './drift-statements.js';

/** Written with the change: a worker will look at the migrations, answers and VMs that hang on it. */
export async function noteDrift(tx: Pick<Tx, 'drift' | 'outbox'>, fleet: string, change: DriftChange): Promise<void> {
  const turn = await tx.drift.note(fleet, change);
  await tx.outbox.put(fleet, [driftJob({ fleet, kind: change.kind, name: change.name, turn, part: 0 })]);
}
