import { describe, expect, it } from 'vitest';
import { failsWith, missingOf, said } from '../../../../test/support/ask.js';
import { aCpuQuestion } from '../../../../test/support/builders-cpu.js';

const ask = (gic: string | undefined, host: readonly string[] | undefined) =>
  aCpuQuestion({ gic }, { kvm: { gic: host } });

describe('gic-model', () => {
  it('says no to a model that the host cannot make', () => {
    expect(failsWith(ask('v2', ['v3']))).toBe('vcpu GIC_UNSUPPORTED ENODEV refused - -');
    expect(said('gic-model', ask('v3', []))).toBe('reject');
  });

  it('says yes to one that it can', () => {
    expect(said('gic-model', ask('v3', ['v2', 'v3']))).toBe('pass');
  });

  it('does not know without a side', () => {
    expect(missingOf('gic-model', ask(undefined, ['v3']))).toEqual(['/manifest/vcpu/gic']);
    expect(missingOf('gic-model', ask('v3', undefined))).toEqual(['/fingerprint/kvm/gic']);
  });
});
