import { describe, expect, it } from 'vitest';
import { failsWith, missingOf, said } from '../../../../test/support/ask.js';
import { aCpuQuestion, MIDR } from '../../../../test/support/builders-cpu.js';

const CAP = 'KVM_CAP_ARM_WRITABLE_IMP_ID_REGS';
const OTHER = 0x414fd0c1n;
const ENABLED = '/manifest/vm/enabledCapabilities';
const OFFERED = `/fingerprint/kvm/capabilities/${CAP}`;
const cap = (value: number) => ({ capabilities: { [CAP]: value } });

describe('midr', () => {
  const ask = (guest: bigint | undefined, host: readonly bigint[], value?: number, enabled?: readonly string[]) =>
    aCpuQuestion(
      { midr: guest, ...(enabled === undefined ? {} : { enabledCapabilities: enabled }) },
      { midr: host, capabilities: { [CAP]: value } },
    );

  it('says yes where every core has it', () => {
    expect(said('midr', ask(MIDR, [MIDR]))).toBe('pass');
    expect(said('midr', ask(MIDR, [MIDR, MIDR], 0))).toBe('pass');
  });

  it('says no where none has it and it cannot be written', () => {
    expect(failsWith(ask(MIDR, [OTHER], 0))).toBe('state-load IMPLEMENTATION_ID_MISMATCH EINVAL refused - -');
    expect(said('midr', ask(MIDR, [OTHER, OTHER + 1n], 0))).toBe('reject');
  });

  it('goes by what the VMM enables where it can be written', () => {
    expect(said('midr', ask(MIDR, [OTHER], 1, [CAP]))).toBe('pass');
    expect(said('midr', ask(MIDR, [OTHER, MIDR], 1, [CAP]))).toBe('pass');
    expect(said('midr', ask(MIDR, [OTHER], 1, []))).toBe('reject');
    expect(said('midr', ask(MIDR, [OTHER], 1, ['KVM_CAP_ARM_MTE']))).toBe('reject');
    expect(said('midr', ask(MIDR, [OTHER], 0, [CAP]))).toBe('reject');
    // MIDR_EL1 has 32 bits that may be set.
    expect(said('midr', ask(MIDR | (1n << 32n), [OTHER], 1, [CAP]))).toBe('reject');
  });

  it('does not know whether the VMM makes it writable', () => {
    expect(missingOf('midr', ask(MIDR, [OTHER], 1))).toEqual([ENABLED]);
    expect(missingOf('midr', ask(MIDR, [OTHER], undefined, [CAP]))).toEqual([OFFERED]);
    expect(missingOf('midr', ask(MIDR, [OTHER]))).toEqual([OFFERED, ENABLED]);
  });

  it('does not know which of several cores gives it, unless a vCPU was asked', () => {
    expect(missingOf('midr', ask(MIDR, [OTHER, MIDR], 0))).toEqual(['/fingerprint/cpu/idRegisters/MIDR_EL1']);
    const given = (value: bigint) =>
      said(
        'midr',
        aCpuQuestion({}, { midr: [OTHER, MIDR], registers: { MIDR_EL1: value }, capabilities: { [CAP]: 0 } }),
      );
    expect([given(MIDR), given(OTHER)]).toEqual(['pass', 'reject']);
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
    expect(missingOf('midr-others', aCpuQuestion(id(1n), { ...id(2n), ...cap(1) }))).toEqual([ENABLED]);
    expect(missingOf('midr-others', aCpuQuestion(id(1n), id(2n)))).toEqual([OFFERED, ENABLED]);
    expect(missingOf('midr-others', aCpuQuestion(id(1n)))).toEqual([`/fingerprint/cpu/idRegisters/${name}`]);
    const untold = aCpuQuestion({ midr: undefined }, id(1n));
    expect(missingOf('midr-others', untold)).toEqual([`/manifest/vcpu/idRegisters/${name}`]);
  });

  it('says yes to what the VMM may set', () => {
    const enabled = { ...id(1n), enabledCapabilities: [CAP] };
    expect(said('midr-others', aCpuQuestion(enabled, { ...id(2n), ...cap(1) }))).toBe('pass');
  });
});
