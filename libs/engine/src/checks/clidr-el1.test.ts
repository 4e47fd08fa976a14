import { describe, expect, it } from 'vitest';
import { failsWith, findingsOf, missingOf, said } from '../../../../test/support/ask.js';
import { aCpuQuestion, type CpuHostGiven, REGISTERS, withField } from '../../../../test/support/builders-cpu.js';

const ID = 'clidr-el1';
const GUEST = '/manifest/vcpu/idRegisters/CLIDR_EL1';
const HOST = '/fingerprint/cpu/idRegisters/CLIDR_EL1';
const RELEASE = '/fingerprint/kernel/release';

/** One level of unified cache, clean to the point of coherency: what KVM makes up for a host with IDC and DIC. */
const IDC = 0x100_0004n;
/** LoUU, LoUIS and LoC of 1: what it makes up for a host without. */
const NO_IDC = 0x920_0003n;
const WITHOUT_IDC = { CTR_EL0: withField(REGISTERS.CTR_EL0, 28, 0n, 1) };

const asks = (guest: bigint | undefined, host: bigint | undefined, on: CpuHostGiven = {}) =>
  aCpuQuestion({ registers: { CLIDR_EL1: guest } }, { ...on, registers: { ...on.registers, CLIDR_EL1: host } });

describe(ID, () => {
  it('says yes to equal values, and where nobody lists it', () => {
    for (const release of ['5.14.0', '6.1.0', '7.2.13', undefined]) {
      expect(said(ID, asks(NO_IDC, NO_IDC, { release }))).toBe('pass');
      expect(said(ID, asks(undefined, undefined, { release }))).toBe('pass');
    }
  });

  it('says no to any other value before 6.3, and yes since', () => {
    const older = asks(NO_IDC, IDC, { release: '6.2.9' });
    expect(failsWith(older)).toBe('state-load ID_REGISTER_MISMATCH EINVAL refused - -');
    expect(findingsOf(ID, older)[0]?.actual).toEqual({ register: 'CLIDR_EL1', guest: '0x9200003', host: '0x1000004' });
    expect(said(ID, asks(NO_IDC, IDC, { release: '6.3.0' }))).toBe('pass');
    expect(said(ID, asks(IDC, NO_IDC))).toBe('pass');
  });

  it('says no to an IDC that the host does not have, and to reserved bits', () => {
    expect(said(ID, asks(IDC, NO_IDC, { registers: WITHOUT_IDC }))).toBe('reject');
    expect(said(ID, asks(0n, NO_IDC, { registers: WITHOUT_IDC }))).toBe('reject');
    expect(said(ID, asks(NO_IDC | 1n, NO_IDC, { registers: WITHOUT_IDC }))).toBe('pass');
    expect(said(ID, asks(NO_IDC | (1n << 47n), NO_IDC))).toBe('reject');
    expect(said(ID, asks(NO_IDC | (1n << 46n), NO_IDC))).toBe('pass');
  });

  it('goes by a mask that was probed rather than by the release, unless it is empty', () => {
    expect(said(ID, asks(NO_IDC, IDC, { release: '5.14.0', masks: { CLIDR_EL1: 2n ** 47n - 1n } }))).toBe('pass');
    expect(said(ID, asks(NO_IDC, IDC, { release: '6.8.0', masks: { CLIDR_EL1: 0n } }))).toBe('pass');
    expect(said(ID, asks(NO_IDC, IDC, { release: '6.1.0', masks: { CLIDR_EL1: 0n } }))).toBe('reject');
  });

  it('does not know with a side missing, where that side counts', () => {
    const old = { release: '6.1.0' };
    expect(missingOf(ID, asks(undefined, IDC, old))).toEqual([GUEST]);
    expect(missingOf(ID, asks(IDC, undefined, old))).toEqual([HOST]);
    expect(said(ID, asks(undefined, IDC))).toBe('pass');
    expect(said(ID, asks(IDC, undefined))).toBe('pass');
    expect(missingOf(ID, asks(undefined, NO_IDC, { registers: WITHOUT_IDC }))).toEqual([GUEST]);
  });

  it('does not know without the kernel', () => {
    expect(missingOf(ID, asks(NO_IDC, IDC, { release: undefined }))).toEqual([RELEASE]);
    expect(missingOf(ID, asks(NO_IDC, undefined, { release: undefined }))).toEqual([HOST, RELEASE]);
  });

  it('does not know without IDC of the host, which is stated or read', () => {
    const untold = { registers: { CTR_EL0: undefined } };
    expect(missingOf(ID, asks(IDC, NO_IDC, untold))).toEqual(['/fingerprint/cpu/idc']);
    expect(said(ID, asks(IDC, NO_IDC, { ...untold, idc: true }))).toBe('pass');
    expect(said(ID, asks(IDC, NO_IDC, { ...untold, idc: false }))).toBe('reject');
    expect(missingOf(ID, asks(IDC, NO_IDC, { idc: false }))).toEqual(['/fingerprint/cpu/idc']);
  });
});
