import { type HostCheck, pass, reject } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';
import type { HostState } from '../model/question.js';
import type { Reason } from '../model/reason.js';

/** One check a state: an operator took the target out of service. Two documents that are evaluated have no state. */
function hostState(state: HostState, reason: Reason, statement: string, remedy: string): HostCheck {
  return {
    id: `host-${state}`,
    scope: 'vm',
    phase: 'policy',
    reason,
    errno: null,
    failure: 'refused',
    severity: 'reject',
    sourceOutcome: 'unaffected',
    generations: EVERY_GENERATION,
    statement,
    expected: 'an active host',
    remedy,
    cite: 'Berth: the state an operator gave the host with PATCH /v1/hosts/{host}',
    reads: ['/registered/state'],
    test({ registered }) {
      if (registered?.state !== state) return pass;
      return reject({ state }, `${registered.host} is ${state === 'maintenance' ? 'in maintenance' : state}.`);
    },
  };
}

export const hostCordoned = hostState(
  'cordoned',
  'HOST_CORDONED',
  'A cordoned host takes no new VMs.',
  'Ask for another target, or set the host active again.',
);

export const hostInMaintenance = hostState(
  'maintenance',
  'HOST_IN_MAINTENANCE',
  'A host in maintenance takes no VMs.',
  'Ask for another target, or wait until maintenance is over.',
);

export const hostRetired = hostState(
  'retired',
  'HOST_RETIRED',
  'A retired host takes no VMs.',
  'Ask for another target.',
);
