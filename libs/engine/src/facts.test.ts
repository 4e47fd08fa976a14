import { describe, expect, it } from 'vitest';
import { aHost, type HostGiven, onBoth } from '../../../test/support/builders.js';
import { factsOf } from './facts.js';

const facts = (given: HostGiven = {}) => factsOf(aHost(given));

const pair = (given: HostGiven) => {
  const { fwb, dic, cacheablePfnmap } = facts(given);
  return [fwb, dic, cacheablePfnmap];
};

const FWB_SET = { ID_AA64MMFR2_EL1: 1n << 40n };
const ONE = { system: 'EINVAL', vm: 1 } as const;
const ZERO = { system: 'EINVAL', vm: 0 } as const;

describe('FWB and DIC', () => {
  it.each<[string, HostGiven, (boolean | undefined)[]]>([
    ['both stated', { cap243: undefined }, [true, true, true]],
    ['one stated as missing', { fwb: false, dic: undefined, cap243: undefined }, [false, undefined, false]],
    ['one stated as there', { dic: undefined, cap243: undefined }, [true, undefined, undefined]],
    ['the capability says 1', { fwb: undefined, dic: undefined, cap243: ONE }, [true, true, true]],
    [
      'the capability says 1 on a VM fd alone',
      { fwb: undefined, dic: undefined, cap243: { vm: 1 } },
      [true, true, true],
    ],
    ['the capability says 0', { fwb: undefined, dic: undefined, cap243: ZERO }, [undefined, undefined, false]],
    ['the capability says 0, and FWB is there', { dic: undefined, cap243: ZERO }, [true, false, false]],
    ['the capability says 0, and DIC is there', { fwb: undefined, cap243: ZERO }, [false, true, false]],
    [
      'the capability says 0, and FWB is missing',
      { fwb: false, dic: undefined, cap243: ZERO },
      [false, undefined, false],
    ],
    [
      '0 on a VM fd alone',
      { fwb: undefined, dic: undefined, release: '6.12.0', cap243: { vm: 0 } },
      [undefined, undefined, undefined],
    ],
    [
      '0 on both fds',
      { fwb: undefined, dic: undefined, release: '6.12.0', cap243: onBoth(0) },
      [undefined, undefined, undefined],
    ],
    ['an ID register', { fwb: undefined, idRegisters: FWB_SET, cap243: undefined }, [true, true, true]],
    [
      'an ID register without the field',
      { fwb: undefined, idRegisters: { ID_AA64MMFR2_EL1: 0n }, cap243: undefined },
      [false, true, false],
    ],
    ['nothing', { fwb: undefined, dic: undefined, cap243: undefined }, [undefined, undefined, undefined]],
  ])('%s', (_what, given, expected) => {
    expect(pair(given)).toEqual(expected);
  });

  it('reads the whole of ID_AA64MMFR2_EL1.FWB, and nothing beside it', () => {
    const read = (value: bigint) =>
      facts({ fwb: undefined, idRegisters: { ID_AA64MMFR2_EL1: value }, cap243: undefined }).fwb;
    expect([40n, 41n, 42n, 43n].map((bit) => read(1n << bit))).toEqual([true, true, true, true]);
    expect([39n, 44n].map((bit) => read(1n << bit))).toEqual([false, false]);
  });
});

describe('facts', () => {
  it('are what was probed', () => {
    expect(facts({ pageSize: 65536, ipaLimit: 52, mode: 'nvhe', mte: false, release: '6.12.107+deb13' })).toMatchObject(
      {
        arch: 'aarch64',
        release: [6, 12],
        pageSize: 65536n,
        ipaLimit: 52,
        mode: 'nvhe',
        mte: false,
      },
    );
  });

  it('are unknown where nothing was probed', () => {
    const { candidates, contradictions, fingerprint, ...rest } = factsOf({});
    expect(Object.values(rest).every((fact) => fact === undefined)).toBe(true);
    expect(candidates).toHaveLength(5);
    expect(contradictions).toEqual([]);
    expect(fingerprint).toEqual({});
  });

  it('take an errno for no answer', () => {
    const host = aHost();
    const capabilities = new Map([
      ['KVM_CAP_ARM_VM_IPA_SIZE', { system: 'EPERM', vm: 'EPERM' }],
      ['KVM_CAP_ARM_MTE', { system: 'EINVAL' }],
    ]);
    expect(factsOf({ ...host, kvm: { capabilities } })).toMatchObject({ ipaLimit: undefined, mte: undefined });
  });

  it('believe the VM fd before the system fd', () => {
    const capabilities = new Map([['KVM_CAP_ARM_VM_IPA_SIZE', { system: 52, vm: 40 }]]);
    expect(factsOf({ kvm: { capabilities } }).ipaLimit).toBe(40);
  });

  it('are worked out once for one document', () => {
    const host = aHost();
    expect(factsOf(host)).toBe(factsOf(host));
    expect(factsOf(structuredClone(host))).not.toBe(factsOf(host));
  });
});
