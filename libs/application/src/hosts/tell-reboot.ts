import type { LockedHost } from '../ports/host-statements.js';
import type { Tx } from '../ports/unit-of-work.js';

/** A reboot is told of once, by whichever hears of it first: a heartbeat, or the facts of the new boot. */
export async function tellReboot(
  tx: Tx,
  fleet: string,
  host: string,
  locked: LockedHost,
  bootId: string,
): Promise<void> {
  const was = locked.heardBootId ?? locked.bootId;
  if (was === undefined || was === bootId || locked.bootId === bootId) return;
  await tx.events.emit(fleet, { type: 'host.rebooted', subject: `hosts/${host}`, data: { host, bootId, was } });
}
