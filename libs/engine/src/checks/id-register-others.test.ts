import { describe, expect, it } from 'vitest';
import { findingsOf, missingOf, said } from '../../../../test/support/ask.js';
import { aCpuQuestion } from '../../../../test/support/builders-cpu.js';

const ID = 'id-register-others';
const NAME = 'ID_AA64ZFR0_EL1';
const zfr0 = (value: bigint) => ({ registers: { [NAME]: value } });

describe(ID, () => {
  it('says yes where nobody lists another, and where both list the same', () => {
    expect(said(ID, aCpuQuestion())).toBe('pass');
    expect(said(ID, aCpuQuestion(zfr0(1n), zfr0(1n)))).toBe('pass');
    expect(said(ID, aCpuQuestion(zfr0(1n), { ...zfr0(1n), masks: { [NAME]: 0n } }))).toBe('pass');
  });

  it('does not know with one side alone', () => {
    expect(missingOf(ID, aCpuQuestion(zfr0(1n)))).toEqual([`/fingerprint/cpu/idRegisters/${NAME}`]);
    expect(missingOf(ID, aCpuQuestion({}, zfr0(1n)))).toEqual([`/manifest/vcpu/idRegisters/${NAME}`]);
  });

  it('does not know where they differ and no mask was probed, or one that has the bits', () => {
    expect(missingOf(ID, aCpuQuestion(zfr0(1n), zfr0(2n)))).toEqual([`/fingerprint/kvm/writableMasks/${NAME}`]);
    const masked = aCpuQuestion(zfr0(1n), { ...zfr0(2n), masks: { [NAME]: 3n } });
    expect(missingOf(ID, masked)).toEqual([`/rulebook/${NAME}`]);
  });

  it('says no where bits outside the mask differ', () => {
    const question = aCpuQuestion(zfr0(1n), { ...zfr0(2n), masks: { [NAME]: 1n } });
    expect(findingsOf(ID, question)[0]).toMatchObject({
      severity: 'reject',
      errno: 'EINVAL',
      actual: { registers: [{ register: NAME, guest: '0x1', host: '0x2' }] },
    });
  });

  it('counts them', () => {
    const other = { ID_AA64ZFR0_EL1: 0n, ID_AA64FPFR0_EL1: 0n };
    const guest = { ID_AA64ZFR0_EL1: 1n, ID_AA64FPFR0_EL1: 1n };
    const question = aCpuQuestion({ registers: guest }, { registers: other, masks: other });
    expect(findingsOf(ID, question)[0]?.message).toContain('2 ID registers');
  });

  it('leaves alone what other checks speak of', () => {
    const registers = { ID_AA64ISAR0_EL1: 0n, REVIDR_EL1: 1n, KVM_REG_ARM_STD_BMAP: 1n, CLIDR_EL1: 1n, GICD_IIDR: 1n };
    expect(said(ID, aCpuQuestion({ registers }))).toBe('pass');
  });
});
