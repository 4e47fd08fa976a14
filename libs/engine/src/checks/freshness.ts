import { type HostCheck, pass, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';

export const freshness: HostCheck = {
  id: 'freshness',
  scope: 'vm',
  phase: 'policy',
  reason: 'FACTS_NOT_FRESH',
  errno: null,
  failure: 'refused',
  severity: 'reject',
  sourceOutcome: 'unaffected',
  generations: EVERY_GENERATION,
  statement: 'Facts that are stale, or from before a reboot, can support a no and never a yes.',
  expected: 'facts that are fresh',
  remedy: 'Let the host report its fingerprint again, then ask again.',
  cite: 'Berth: contract section 4, freshness, decided by the clock of the database',
  reads: ['/registered/freshness'],
  test({ registered }) {
    if (registered === undefined || registered.freshness === 'fresh') return pass;
    return unknown(['/fingerprint'], { freshness: registered.freshness });
  },
};
