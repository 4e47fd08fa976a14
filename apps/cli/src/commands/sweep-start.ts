import type { SweepRead } from '../api-types.js';
import { PATHS } from '../paths.js';
import { readPhases, readPolicy, readSelector } from '../question-options.js';
import { type Session, sayBody } from '../session.js';
import { waitForSweep } from '../sweep-wait.js';

export interface SweepStartOptions {
  readonly vms: string;
  readonly targets: string;
  readonly policy?: string;
  readonly phases?: string;
  readonly wait?: boolean;
}

/** `berth sweep start --vms S --targets S [--wait]`. */
export async function sweepStart(session: Session, options: SweepStartOptions): Promise<number> {
  const body = {
    vms: readSelector(options.vms, '--vms'),
    targets: readSelector(options.targets, '--targets'),
    policy: readPolicy(options.policy),
    phases: readPhases(options.phases),
  };
  const answer = await session.api().call<SweepRead>({ method: 'POST', path: PATHS.sweeps, body });
  if (options.wait === true) return waitForSweep(session, answer.json.id);
  if (session.output === 'json' || session.output === 'ndjson') sayBody(session, answer.text);
  else session.say([answer.json.id]);
  session.hint(`berth sweep get ${answer.json.id} --wait`);
  return 0;
}
