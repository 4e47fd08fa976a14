import { describe, expect, it } from 'vitest';
import { failsWith, missingOf, said } from '../../../../test/support/ask.js';
import { aCpuQuestion, type CpuVmGiven, REGISTERS, withField } from '../../../../test/support/builders-cpu.js';

const PFR0 = 'ID_AA64PFR0_EL1';
const ISAR1 = 'ID_AA64ISAR1_EL1';
const ISAR2 = 'ID_AA64ISAR2_EL1';
const DFR0 = 'ID_AA64DFR0_EL1';

const CAPS = '/fingerprint/kvm/capabilities';
const GUEST = '/manifest/vcpu/idRegisters';

const sve: CpuVmGiven = { registers: { [PFR0]: withField(REGISTERS[PFR0], 32, 1n) }, sveVectorLengths: [16] };
const ptrauth: CpuVmGiven = { registers: { [ISAR1]: withField(REGISTERS[ISAR1], 4, 1n) } };
const pmu: CpuVmGiven = { registers: { [DFR0]: 0x600n } };

describe.each([
  { id: 'vcpu-sve', vm: sve, cap: 'KVM_CAP_ARM_SVE', reason: 'SVE_UNSUPPORTED' },
  { id: 'vcpu-ptrauth', vm: ptrauth, cap: 'KVM_CAP_ARM_PTRAUTH_ADDRESS', reason: 'PTRAUTH_UNSUPPORTED' },
  { id: 'vcpu-pmu', vm: pmu, cap: 'KVM_CAP_ARM_PMU_V3', reason: 'PMU_UNSUPPORTED' },
])('$id', ({ id, vm, cap, reason }) => {
  const ask = (given: CpuVmGiven, value: number | undefined) => aCpuQuestion(given, { capabilities: { [cap]: value } });

  it('says no where the guest has it and the host does not offer it', () => {
    expect(failsWith(ask(vm, 0))).toBe(`vcpu ${reason} EINVAL refused - -`);
  });

  it('says yes where the host offers it, and where the guest has it not', () => {
    expect(said(id, ask(vm, 1))).toBe('pass');
    expect(said(id, ask({}, 0))).toBe('pass');
    expect(said(id, ask({}, undefined))).toBe('pass');
  });

  it('does not know where the host was not asked', () => {
    expect(missingOf(id, ask(vm, undefined))).toEqual([`${CAPS}/${cap}`]);
  });
});

describe('vcpu-sve', () => {
  const SVE = 'KVM_CAP_ARM_SVE';
  const ask = (registers: CpuVmGiven['registers'], lengths: readonly number[] | undefined, value?: number) =>
    aCpuQuestion({ registers: registers ?? {}, sveVectorLengths: lengths }, { capabilities: { [SVE]: value } });

  it('is told by the lengths too', () => {
    expect(said('vcpu-sve', ask({ [PFR0]: undefined }, [16, 32], 0))).toBe('reject');
    expect(said('vcpu-sve', ask({ [PFR0]: undefined }, [], 0))).toBe('pass');
    expect(said('vcpu-sve', ask({ [PFR0]: withField(REGISTERS[PFR0], 32, 1n) }, [], 0))).toBe('reject');
  });

  it('does not know of a guest that tells neither', () => {
    expect(missingOf('vcpu-sve', ask({ [PFR0]: undefined }, undefined, 0))).toEqual([`${GUEST}/${PFR0}`]);
    expect(said('vcpu-sve', ask({ [PFR0]: undefined }, undefined, 1))).toBe('pass');
    expect(missingOf('vcpu-sve', ask({ [PFR0]: undefined }, undefined))).toEqual([
      `${CAPS}/${SVE}`,
      `${GUEST}/${PFR0}`,
    ]);
  });
});

describe('vcpu-ptrauth', () => {
  const ADDRESS = 'KVM_CAP_ARM_PTRAUTH_ADDRESS';
  const GENERIC = 'KVM_CAP_ARM_PTRAUTH_GENERIC';
  const ask = (vm: CpuVmGiven, address?: number, generic?: number) =>
    said('vcpu-ptrauth', aCpuQuestion(vm, { capabilities: { [ADDRESS]: address, [GENERIC]: generic } }));

  it('needs both, and one tells of the other', () => {
    expect([ask(ptrauth, 1, 0), ask(ptrauth, 0, 1), ask(ptrauth, undefined, 0)]).toEqual([
      'reject',
      'reject',
      'reject',
    ]);
    expect([ask(ptrauth, 1), ask(ptrauth, undefined, 1), ask(ptrauth, 1, 1)]).toEqual(['pass', 'pass', 'pass']);
  });

  it.each([
    [ISAR1, 8],
    [ISAR1, 24],
    [ISAR1, 28],
    [ISAR2, 12],
    [ISAR2, 8],
  ] as const)('is shown by %s at bit %i', (name, shift) => {
    expect(ask({ registers: { [name]: withField(REGISTERS[name], shift, 1n) } }, 0)).toBe('reject');
  });

  it('does not know of a guest whose registers do not tell', () => {
    const question = aCpuQuestion({ registers: { [ISAR2]: undefined } }, { capabilities: { [ADDRESS]: 0 } });
    expect(missingOf('vcpu-ptrauth', question)).toEqual([`${GUEST}/${ISAR2}`]);
  });
});

describe('vcpu-pmu', () => {
  it('takes 0xf for none', () => {
    const question = aCpuQuestion({ registers: { [DFR0]: 0xf00n } }, { capabilities: { KVM_CAP_ARM_PMU_V3: 0 } });
    expect(said('vcpu-pmu', question)).toBe('pass');
  });

  it('is left out where neither side tells ID_AA64DFR0_EL1, and does not know where the host does', () => {
    const none = { KVM_CAP_ARM_PMU_V3: 0 };
    expect(said('vcpu-pmu', aCpuQuestion({}, { capabilities: none }))).toBe('pass');
    const told = aCpuQuestion({}, { registers: { [DFR0]: 0n }, capabilities: none });
    expect(missingOf('vcpu-pmu', told)).toEqual([`${GUEST}/${DFR0}`]);
  });
});

describe('vcpu-el1-32bit', () => {
  const ask = (el1: bigint | undefined, value: number | undefined) =>
    aCpuQuestion(
      { registers: { [PFR0]: el1 === undefined ? undefined : withField(REGISTERS[PFR0], 4, el1) } },
      { capabilities: { KVM_CAP_ARM_EL1_32BIT: value } },
    );

  it('says no where the guest may and the host may not', () => {
    expect(failsWith(ask(2n, 0))).toBe('vcpu EL1_32BIT_UNSUPPORTED EINVAL refused - -');
  });

  it('says yes where both may, the guest may not, or it was not asked', () => {
    for (const question of [ask(2n, 1), ask(1n, 0), ask(2n, undefined), ask(undefined, undefined)])
      expect(said('vcpu-el1-32bit', question)).toBe('pass');
  });

  it('does not know of a guest that does not tell', () => {
    expect(missingOf('vcpu-el1-32bit', ask(undefined, 0))).toEqual([`${GUEST}/${PFR0}`]);
  });
});

describe('vcpu-count', () => {
  const ask = (count: number | undefined, most: number | undefined) =>
    aCpuQuestion({ count }, { capabilities: { KVM_CAP_MAX_VCPUS: most } });

  it('says no beyond what the host offers', () => {
    expect(failsWith(ask(513, 512))).toBe('vcpu VCPU_COUNT_UNSUPPORTED EINVAL refused - -');
  });

  it.each([
    [512, 512],
    [513, undefined],
    [undefined, 8],
    [9, 0],
  ])('says yes to %s of %s', (count, most) => {
    expect(said('vcpu-count', ask(count, most))).toBe('pass');
  });
});

describe('vcpu-el2', () => {
  const ID = 'vcpu-el2';
  const CAP = 'KVM_CAP_ARM_EL2';
  const asks = (hasEl2: boolean | undefined, value?: number) =>
    aCpuQuestion({ hasEl2 }, { capabilities: { [CAP]: value } });

  it('says yes where the host offers it, and to guests without', () => {
    expect(said(ID, asks(true, 1))).toBe('pass');
    for (const hasEl2 of [false, undefined])
      expect([said(ID, asks(hasEl2, 0)), said(ID, asks(hasEl2))]).toEqual(['pass', 'pass']);
  });

  it('says no where it does not', () => {
    expect(failsWith(asks(true, 0))).toBe('vcpu EL2_UNSUPPORTED EINVAL refused - -');
  });

  it('does not know where the host was not asked', () => {
    expect(missingOf(ID, asks(true))).toEqual([`/fingerprint/kvm/capabilities/${CAP}`]);
  });
});
