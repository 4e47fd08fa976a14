import { type HostCheck, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';
import type { Phase } from '../model/verdict.js';

/** What this rulebook does not describe yet. */
const NOT_COVERED: readonly Phase[] = ['source', 'vcpu', 'device', 'state-load'];

export const phaseCoverage: readonly HostCheck[] = NOT_COVERED.map((phase) => ({
  id: `coverage-${phase}`,
  scope: 'vm',
  phase,
  reason: 'PHASE_NOT_COVERED',
  errno: null,
  failure: 'refused',
  severity: 'reject',
  sourceOutcome: 'unaffected',
  generations: EVERY_GENERATION,
  statement: `This rulebook does not describe the phase ${phase}.`,
  expected: 'a rulebook that describes the phase',
  remedy: 'Ask the phases policy, vm, memslot and fault alone, and check the rest in another way.',
  cite: 'Berth: the rulebook version in every answer says what was asked',
  reads: [],
  test: () => unknown([`/rulebook/${phase}`]),
}));
