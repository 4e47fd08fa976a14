import { describe, expect, it } from 'vitest';
import { missingOf, said } from '../../../test/support/ask.js';
import {
  aHost,
  aHostOfUnknownKernel,
  aQuestion,
  gpuMemory,
  type HostGiven,
  onBoth,
  vmOver,
} from '../../../test/support/builders.js';
import { findContradictions } from './contradictions.js';
import { decide } from './decide.js';
import { factsOf } from './facts.js';

const CAP_243 = '/kvm/capabilities/KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED';
const GUEST_MEMFD = '/kvm/capabilities/KVM_CAP_GUEST_MEMFD';
const MMFR2 = '/cpu/idRegisters/ID_AA64MMFR2_EL1';
const CTR = '/cpu/idRegisters/CTR_EL0';

const FWB_SET = { ID_AA64MMFR2_EL1: 1n << 40n };
const FWB_CLEAR = { ID_AA64MMFR2_EL1: 0n };
const DIC_SET = { CTR_EL0: 1n << 29n };
const IDC_SET = { CTR_EL0: 1n << 28n };

const contradicted = (given: HostGiven) => findContradictions(aHost(given)).map(({ facts }) => [...facts].sort());

describe('contradictions', () => {
  it.each<[string, HostGiven, string[]]>([
    ['FWB with its ID register', { fwb: true, idRegisters: FWB_CLEAR, cap243: undefined }, ['/cpu/fwb', MMFR2]],
    ['no FWB with its ID register', { fwb: false, idRegisters: FWB_SET, cap243: undefined }, ['/cpu/fwb', MMFR2]],
    ['DIC with CTR_EL0', { dic: true, idRegisters: { CTR_EL0: 0n }, cap243: undefined }, ['/cpu/dic', CTR]],
    ['no DIC with CTR_EL0', { dic: false, idRegisters: DIC_SET, cap243: undefined }, ['/cpu/dic', CTR]],
    [
      'capability 243 with itself',
      { cap243: { system: 0, vm: 1 }, release: undefined, guestMemfd: undefined },
      [CAP_243],
    ],
    ['capability 243 with no FWB', { fwb: false, cap243: { system: 'EINVAL', vm: 1 } }, ['/cpu/fwb', CAP_243]],
    ['capability 243 with no DIC', { dic: false, cap243: { vm: 1 } }, ['/cpu/dic', CAP_243]],
    ['capability 243 with neither', { fwb: false, dic: false, cap243: { vm: 1 } }, ['/cpu/dic', '/cpu/fwb', CAP_243]],
    [
      'capability 243 with an ID register',
      { fwb: undefined, idRegisters: FWB_CLEAR, cap243: { vm: 1 } },
      [MMFR2, CAP_243],
    ],
    ['no capability 243 with FWB and DIC', { cap243: { system: 'EINVAL', vm: 0 } }, ['/cpu/dic', '/cpu/fwb', CAP_243]],
    ['no capability 243 with the release', { cap243: onBoth(0), guestMemfd: undefined }, ['/kernel/release', CAP_243]],
    ['no guest_memfd with the release', { guestMemfd: onBoth(0), cap243: undefined }, ['/kernel/release', GUEST_MEMFD]],
    [
      'guest_memfd with no capability 243',
      { release: undefined, guestMemfd: onBoth(1), cap243: onBoth(0) },
      [CAP_243, GUEST_MEMFD],
    ],
  ])('finds %s', (_what, given, facts) => {
    expect(contradicted(given)).toEqual([facts.sort()]);
  });

  it('finds IDC with CTR_EL0', () => {
    const host = aHost({ idRegisters: { CTR_EL0: 1n << 29n } });
    const stated = { ...host, cpu: { ...host.cpu, idc: true } };
    expect(findContradictions(stated).map(({ facts }) => facts)).toEqual([['/cpu/idc', CTR]]);
    expect(findContradictions(aHost({ idRegisters: { ...DIC_SET, CTR_EL0: (1n << 29n) | (1n << 28n) } }))).toEqual([]);
  });

  it.each([
    [{ dic: false, idc: true }, 'dic is false, but CTR_EL0.DIC says true'],
    [{ dic: true, idc: false }, 'idc is false, but CTR_EL0.IDC says true'],
  ])('says of %j what the register says', (stated, message) => {
    const host = aHost({ idRegisters: { CTR_EL0: 3n << 28n }, cap243: undefined });
    const found = findContradictions({ ...host, cpu: { ...host.cpu, ...stated } });
    expect(found.map((one) => one.message)).toEqual([message]);
  });

  it('finds guest_memfd flags without guest_memfd', () => {
    const found = contradicted({
      release: undefined,
      cap243: undefined,
      guestMemfd: onBoth(0),
      guestMemfdFlags: onBoth(3),
    });
    expect(found).toEqual([[GUEST_MEMFD, '/kvm/capabilities/KVM_CAP_GUEST_MEMFD_FLAGS'].sort()]);
  });

  it('finds each of several, with a message to read', () => {
    const found = findContradictions(aHost({ idRegisters: { ...FWB_CLEAR, ...IDC_SET }, cap243: onBoth(0) }));
    expect(found.length).toBeGreaterThan(2);
    for (const { message } of found) expect(message).toMatch(/\w/);
  });

  it.each<[string, HostGiven]>([
    ['a host of one piece', {}],
    ['ID registers that agree', { idRegisters: { ...FWB_SET, ...DIC_SET } }],
    ['a kernel that knows no capability 243', { generation: 'normal-nc' }],
    ['0 on a VM fd alone, with FWB and DIC', { release: '6.12.0', cap243: { vm: 0 } }],
    ['a backport', { release: '6.14.0', cap243: { system: 'EINVAL', vm: 1 }, guestMemfd: onBoth(0) }],
    ['FWB without DIC', { dic: false }],
    ['a release that cannot be read', { release: 'mine', cap243: onBoth(0), guestMemfd: onBoth(0) }],
  ])('finds none in %s', (_what, given) => {
    expect(contradicted(given)).toEqual([]);
  });

  it('finds none where nothing is known', () => {
    expect(findContradictions({})).toEqual([]);
    expect(findContradictions({ cpu: {}, kvm: {}, kernel: {} })).toEqual([]);
  });
});

describe('a contradicted fact', () => {
  it('is unknown, so that nothing rests on it', () => {
    const facts = factsOf(aHost({ fwb: false, cap243: { system: 'EINVAL', vm: 1 } }));
    expect(facts).toMatchObject({ fwb: undefined, cacheablePfnmap: undefined, dic: true });
  });

  it('makes a doubt of what would have been a yes or a no', () => {
    const target = aHost({ fwb: false, cap243: { system: 'EINVAL', vm: 1 } });
    const question = aQuestion({ manifest: vmOver(gpuMemory()), target });
    expect(said('cacheable-pfnmap', question)).toBe('unknown');
    expect(missingOf('cacheable-pfnmap', question)).toContain('/fingerprint/cpu/fwb');
    expect(decide(question).outcome).toBe('indeterminate');
  });

  it('does not touch the facts beside it', () => {
    const target = aHostOfUnknownKernel({ release: '7.2.0', cap243: onBoth(0), dic: false });
    expect(factsOf(target)).toMatchObject({ fwb: true, dic: false, cacheablePfnmap: false, release: undefined });
  });
});
