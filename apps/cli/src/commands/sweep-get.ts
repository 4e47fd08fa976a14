import type { SweepRead } from '../api-types.js';
import { PATHS } from '../paths.js';
import type { Session } from '../session.js';
import { waitForSweep } from '../sweep-wait.js';
import { saySweep } from '../views/sweep-view.js';

/** `berth sweep get ID [--wait]`. */
export async function sweepGet(session: Session, id: string, options: { readonly wait?: boolean }): Promise<number> {
  if (options.wait === true) return waitForSweep(session, id);
  return saySweep(session, await session.api().call<SweepRead>({ path: PATHS.sweep(id) }));
}
