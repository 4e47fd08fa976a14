import { CHECKS } from '@berth/engine';
import type { Tx } from '../ports/unit-of-work.js';

/** What `policy` says is Berth's own rule (a cordoned host, facts that are old), and nothing that a running VM contradicts. */
const isOfKernels = (reason: string): boolean =>
  CHECKS.some((check) => check.reason === reason && check.phase !== 'policy');

/**
 * A VM that is said to run where Berth refused to send it is a hint that the refusal was wrong, and no more than a hint: it may have
 * been started there anew.
 */
export async function noteRelocation(
  tx: Tx,
  fleet: string,
  vm: { readonly name: string; readonly digest: string },
  host: { readonly name: string; readonly digest: string },
): Promise<void> {
  const refusal = await tx.calibration.refusal(fleet, vm.name, vm.digest, host.name, host.digest);
  if (refusal === undefined || !isOfKernels(refusal.reason)) return;
  await tx.calibration.noteRelocation(fleet, vm.name, host.name, refusal);
}
