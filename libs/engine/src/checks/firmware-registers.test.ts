import { describe, expect, it } from 'vitest';
import { failsWith, findingsOf, missingOf, said } from '../../../../test/support/ask.js';
import { aCpuQuestion, type CpuHostGiven, LIST } from '../../../../test/support/builders-cpu.js';

const PSCI = 'KVM_REG_ARM_PSCI_VERSION';
const BMAP2 = 'KVM_REG_ARM_VENDOR_HYP_BMAP_2';
const BMAP2_ID = 0x6030_0000_0016_0003n;

const ask = (name: string, guest: bigint, host: bigint | undefined, given: CpuHostGiven = {}) =>
  aCpuQuestion({ registers: { [name]: guest } }, { registers: { [name]: host }, ...given });

const listing = (...ids: bigint[]) => ({ kvm: { registerList: { ...LIST, ids } } });

describe('firmware-register-known', () => {
  it('says no where the target lists its registers and not this one', () => {
    expect(failsWith(ask(BMAP2, 1n, undefined, listing(1n)))).toBe(
      'state-load FIRMWARE_REGISTER_UNKNOWN ENOENT refused - -',
    );
  });

  it('says yes where it is listed, and where its value is known', () => {
    expect(said('firmware-register-known', ask(BMAP2, 1n, undefined, listing(BMAP2_ID)))).toBe('pass');
    expect(said('firmware-register-known', ask(BMAP2, 1n, 1n, listing(1n)))).toBe('pass');
    expect(said('firmware-register-known', aCpuQuestion({}, listing(1n)))).toBe('pass');
  });

  it('says nothing where the target tells of no registers: the value is what is not known', () => {
    expect(said('firmware-register-known', ask(BMAP2, 1n, undefined))).toBe('pass');
    expect(missingOf('firmware-value', ask(BMAP2, 1n, undefined))).toEqual([`/fingerprint/cpu/idRegisters/${BMAP2}`]);
  });
});

describe('of several firmware registers', () => {
  const NAMES = ['KVM_REG_ARM_STD_BMAP', 'KVM_REG_ARM_STD_HYP_BMAP'] as const;
  const both = (value: bigint | undefined) => Object.fromEntries(NAMES.map((name) => [name, value]));

  it.each([
    ['firmware-register-known', undefined, listing(1n)],
    ['firmware-value', 1n, {}],
  ] as const)('%s names the first, in the order in which KVM lists them', (check, host, given) => {
    const [finding] = findingsOf(check, aCpuQuestion({ registers: both(3n) }, { registers: both(host), ...given }));
    expect(finding?.actual['register']).toBe(NAMES[0]);
  });

  it('the first that is not known is the one that is missing', () => {
    const question = aCpuQuestion({ registers: both(3n) }, { registers: both(undefined) });
    expect(missingOf('firmware-value', question)).toEqual([`/fingerprint/cpu/idRegisters/${NAMES[0]}`]);
  });

  it('a value that is too much is shown on both sides', () => {
    const [finding] = findingsOf('firmware-value', ask(NAMES[0], 0x13n, 0x11n));
    expect(finding?.actual).toEqual({ register: NAMES[0], guest: '0x13', host: '0x11' });
  });
});

describe('firmware-psci-version', () => {
  const psci = (version: bigint, release: string | undefined, host?: bigint) =>
    said('firmware-psci-version', ask(PSCI, version, host, { release }));

  it.each([
    [0x10001n, '6.1.0', 'pass'],
    [0x10001n, '6.12.0', 'pass'],
    [0x2n, undefined, 'pass'],
    [0x10002n, '6.12.0', 'reject'],
    [0x10003n, '6.1.0', 'reject'],
    [0x10003n, '7.2.13', 'pass'],
    [0x10003n, '7.3.0', 'pass'],
    [0x10004n, '7.2.13', 'reject'],
    [0x10004n, '7.3.0', 'unknown'],
    [0x10002n, '6.17.0', 'unknown'],
    [0x10003n, undefined, 'unknown'],
  ])('version %s on %s: %s', (version, release, answer) => {
    expect(psci(version, release)).toBe(answer);
  });

  it('goes by what the host says where it does', () => {
    expect(psci(0x10003n, '6.17.0', 0x10003n)).toBe('pass');
    expect(psci(0x10003n, '6.17.0', 0x10001n)).toBe('reject');
  });

  it('fails with EINVAL, and names what would tell', () => {
    expect(failsWith(ask(PSCI, 0x10003n, undefined, { release: '6.12.0' }))).toBe(
      'state-load PSCI_VERSION_UNSUPPORTED EINVAL refused - -',
    );
    expect(missingOf('firmware-psci-version', ask(PSCI, 0x10003n, undefined, { release: '6.17.0' }))).toEqual([
      `/fingerprint/cpu/idRegisters/${PSCI}`,
    ]);
  });

  it('is not asked of a guest that does not tell its version', () => {
    expect(said('firmware-psci-version', aCpuQuestion())).toBe('pass');
  });
});

describe('firmware-value', () => {
  it.each([
    ['KVM_REG_ARM_STD_BMAP', 1n, 3n, 'pass'],
    ['KVM_REG_ARM_STD_BMAP', 2n, 1n, 'reject'],
    ['KVM_REG_ARM_STD_HYP_BMAP', 1n, 0n, 'reject'],
    ['KVM_REG_ARM_VENDOR_HYP_BMAP', 3n, 3n, 'pass'],
    [BMAP2, 4n, 3n, 'reject'],
    ['KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1', 1n, 2n, 'pass'],
    ['KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1', 2n, 1n, 'reject'],
    ['KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_3', 1n, 0n, 'reject'],
    ['KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2', 2n, 3n, 'pass'],
    ['KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2', 3n, 2n, 'pass'],
    ['KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2', 1n, 0n, 'pass'],
    ['KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2', 0x12n, 1n, 'reject'],
  ] as const)('%s: guest %s on host %s: %s', (name, guest, host, answer) => {
    expect(said('firmware-value', ask(name, guest, host))).toBe(answer);
  });

  it('fails with EINVAL', () => {
    expect(failsWith(ask(BMAP2, 4n, 3n))).toBe('state-load FIRMWARE_VALUE_UNSUPPORTED EINVAL refused - -');
  });

  it('says yes to a guest that tells of none, and leaves the PSCI version alone', () => {
    expect(said('firmware-value', aCpuQuestion())).toBe('pass');
    expect(said('firmware-value', ask(PSCI, 0x10003n, 0x10001n))).toBe('pass');
  });
});
