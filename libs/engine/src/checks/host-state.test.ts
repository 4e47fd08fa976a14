import { describe, expect, it } from 'vitest';
import { failsWith, said } from '../../../../test/support/ask.js';
import { aQuestion, registeredAs } from '../../../../test/support/builders.js';

const CHECKS = ['host-cordoned', 'host-maintenance', 'host-retired'] as const;

describe.each([
  ['cordoned', 'HOST_CORDONED'],
  ['maintenance', 'HOST_IN_MAINTENANCE'],
  ['retired', 'HOST_RETIRED'],
] as const)('host-%s', (state, reason) => {
  const question = aQuestion({ registered: registeredAs({ state }) });

  it('says no to a host in that state', () => {
    expect(failsWith(question)).toBe(`policy ${reason} no errno refused - -`);
  });

  it('is the only one of the three to speak', () => {
    const spoke = CHECKS.filter((check) => said(check, question) !== 'pass');
    expect(spoke).toEqual([`host-${state}`]);
  });
});

describe('host state', () => {
  it('says yes to an active host', () => {
    const question = aQuestion({ registered: registeredAs() });
    expect(CHECKS.map((check) => said(check, question))).toEqual(['pass', 'pass', 'pass']);
  });

  it('has nothing to say of a document that nobody registered', () => {
    expect(CHECKS.map((check) => said(check, aQuestion()))).toEqual(['pass', 'pass', 'pass']);
  });
});
