import { describe, expect, it } from 'vitest';
import { failsWith, findingsOf, missingOf, said } from '../../../../test/support/ask.js';
import { aCpuQuestion } from '../../../../test/support/builders-cpu.js';
import { decide } from '../decide.js';

const GHZ = 1_000_000_000;

const ask = (guest: number | undefined, host: number | undefined) =>
  aCpuQuestion({ counterFrequency: guest }, { kvm: { counterFrequency: host } });

describe('counter-frequency', () => {
  it('says no where the clocks would run wrong, which nobody is told', () => {
    expect(failsWith(ask(GHZ, 25_000_000))).toBe('vcpu COUNTER_FREQUENCY_MISMATCH no errno silent - -');
    expect(findingsOf('counter-frequency', ask(GHZ, 25_000_000))[0]).toMatchObject({
      actual: { guest: GHZ, host: 25_000_000 },
      sourceOutcome: 'lost',
    });
  });

  it('is a warning to the kernel, which sees nothing', () => {
    const question = { ...ask(GHZ, 25_000_000), policy: 'kernel' } as const;
    expect(said('counter-frequency', question)).toBe('warn');
    expect(decide(question).outcome).toBe('compatible');
  });

  it('says yes to equal counters', () => {
    expect(said('counter-frequency', ask(GHZ, GHZ))).toBe('pass');
  });

  it('does not know without a side', () => {
    expect(missingOf('counter-frequency', ask(undefined, GHZ))).toEqual(['/manifest/vcpu/counterFrequency']);
    expect(missingOf('counter-frequency', ask(GHZ, undefined))).toEqual(['/fingerprint/kvm/counterFrequency']);
  });
});
