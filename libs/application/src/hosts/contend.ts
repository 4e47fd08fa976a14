import type { Caller } from '../caller.js';
import { noteDrift } from '../drift/note-drift.js';
import type { LockedHost } from '../ports/host-statements.js';
import type { Tx } from '../ports/unit-of-work.js';
import { standing } from './standing.js';

/**
 * Another machine than the host's has spoken under its name: which of them the stored facts are of nobody knows, so no yes rests on
 * them until an operator agrees to one of the two and that one has spoken. Told once, however often the other tries.
 */
export async function contend(
  tx: Tx,
  caller: Caller,
  host: string,
  locked: LockedHost,
  machineId: string,
): Promise<void> {
  if (!(await tx.hosts.contend(caller.fleet, host, machineId))) return;
  const machines = { machineId: locked.machineId ?? null, contender: machineId };
  await tx.audit.write(caller, 'host.quarantine', host, machines);
  const data = { host, ...machines };
  await tx.events.emit(caller.fleet, { type: 'host.quarantined', subject: `hosts/${host}`, data });
  await noteDrift(tx, caller.fleet, { kind: 'host', name: host, before: standing(locked) });
}
