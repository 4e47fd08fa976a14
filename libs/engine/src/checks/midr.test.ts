import { describe, expect, it } from 'vitest';
import { failsWith, missingOf, said } from '../../../../test/support/ask.js';
import { aCpuQuestion, MIDR } from '../../../../test/support/builders-cpu.js';

const CAP = 'KVM_CAP_ARM_WRITABLE_IMP_ID_REGS';
const OTHER = 0x414fd0c1n;
const cap = (value: number) => ({ capabilities: { [CAP]: value } });

describe('midr', () => {
  const ask = (guest: bigint | undefined, host: readonly bigint[], value?: number) =>
    aCpuQuestion({ midr: guest }, { midr: host, capabilities: { [CAP]: value } });

  it('says yes where every core has it', () => {
    expect(said('midr', ask(MIDR, [MIDR]))).toBe('pass');
    expect(said('midr', ask(MIDR, [MIDR, MIDR], 0))).toBe('pass');
  });

  it('says no where none has it and it cannot be written', () => {
    expect(failsWith(ask(MIDR, [OTHER], 0))).toBe('state-load IMPLEMENTATION_ID_MISMATCH EINVAL refused - -');
    expect(said('midr', ask(MIDR, [OTHER, OTHER + 1n], 0))).toBe('reject');
  });

  it('does not know whether the VMM makes it writable', () => {
    expect(missingOf('midr', ask(MIDR, [OTHER], 1))).toEqual([`/manifest/vmm/${CAP}`]);
    expect(missingOf('midr', ask(MIDR, [OTHER]))).toEqual([`/fingerprint/kvm/capabilities/${CAP}`]);
  });

  it('does not know which of several cores gives it', () => {
    expect(missingOf('midr', ask(MIDR, [OTHER, MIDR], 0))).toEqual(['/fingerprint/cpu/midr']);
  });

  it('does not know without a side', () => {
    expect(missingOf('midr', ask(undefined, [MIDR]))).toEqual(['/manifest/vcpu/midr']);
    expect(missingOf('midr', ask(MIDR, []))).toEqual(['/fingerprint/cpu/midr']);
    expect(missingOf('midr', ask(undefined, []))).toEqual(['/fingerprint/cpu/midr', '/manifest/vcpu/midr']);
  });
});

describe.each(['REVIDR_EL1', 'AIDR_EL1', 'MIDR_EL1'])('midr-others: %s', (name) => {
  const id = (value: bigint) => ({ registers: { [name]: value } });

  it('says yes where both have it, or neither tells', () => {
    expect(said('midr-others', aCpuQuestion())).toBe('pass');
    expect(said('midr-others', aCpuQuestion(id(1n), id(1n)))).toBe('pass');
  });

  it('says no where they differ and cannot be written', () => {
    const question = aCpuQuestion(id(1n), { ...id(2n), ...cap(0) });
    expect(failsWith(question)).toBe('state-load IMPLEMENTATION_ID_MISMATCH EINVAL refused - -');
  });

  it('does not know whether it is writable, nor with one side alone', () => {
    expect(missingOf('midr-others', aCpuQuestion(id(1n), { ...id(2n), ...cap(1) }))).toEqual([`/manifest/vmm/${CAP}`]);
    expect(missingOf('midr-others', aCpuQuestion(id(1n), id(2n)))).toEqual([`/fingerprint/kvm/capabilities/${CAP}`]);
    expect(missingOf('midr-others', aCpuQuestion(id(1n)))).toEqual([`/fingerprint/cpu/idRegisters/${name}`]);
    expect(missingOf('midr-others', aCpuQuestion({}, id(1n)))).toEqual([`/manifest/vcpu/idRegisters/${name}`]);
  });
});
