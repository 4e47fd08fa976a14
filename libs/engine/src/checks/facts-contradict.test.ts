import { describe, expect, it } from 'vitest';
import { findingsOf, said } from '../../../../test/support/ask.js';
import { aHost, aQuestion, type HostGiven } from '../../../../test/support/builders.js';
import { decide } from '../decide.js';

const MMFR2 = 'cpu/idRegisters/ID_AA64MMFR2_EL1';
const CAP_243 = 'kvm/capabilities/KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED';

/** FWB is stated, and the register of a vCPU has none. */
const BROKEN: HostGiven = { idRegisters: { ID_AA64MMFR2_EL1: 0n }, cap243: { system: 'EINVAL' } };

describe('facts-contradict', () => {
  const ID = 'facts-contradict';

  it('names the facts of the target that cannot all be true', () => {
    const [finding, ...more] = findingsOf(ID, aQuestion({ target: aHost(BROKEN) }));
    expect(more).toEqual([]);
    expect(finding).toMatchObject({
      severity: 'warn',
      phase: 'policy',
      side: 'target',
      missing: [],
      actual: { facts: ['/fingerprint/cpu/fwb', `/fingerprint/${MMFR2}`] },
      message: 'Each is taken for unknown: fwb is true, but ID_AA64MMFR2_EL1.FWB says false.',
    });
  });

  it('tells several in one finding, each fact once', () => {
    const target = aHost({ ...BROKEN, cap243: { system: 0, vm: 0 }, guestMemfd: { vm: 0 } });
    const [finding] = findingsOf(ID, aQuestion({ target }));
    const { facts } = finding?.actual ?? {};
    expect(facts).toEqual(expect.arrayContaining([`/fingerprint/${CAP_243}`, '/fingerprint/kernel/release']));
    expect(new Set(facts as readonly string[]).size).toBe((facts as readonly string[]).length);
  });

  it('changes no outcome by itself: what rests on such a fact is in doubt', () => {
    const target = aHost(BROKEN);
    expect(decide(aQuestion({ target })).outcome).toBe('compatible');
    expect(decide(aQuestion({ target })).findings.map(({ check }) => check)).toEqual([ID]);
  });

  it('says nothing of facts that go together, and of those that are not known', () => {
    expect(said(ID, aQuestion())).toBe('pass');
    expect(said(ID, aQuestion({ target: {} }))).toBe('pass');
    expect(said(ID, aQuestion({ source: aHost(BROKEN) }))).toBe('pass');
  });
});

describe('source-facts-contradict', () => {
  const ID = 'source-facts-contradict';

  it('names the facts of the source that cannot all be true', () => {
    const source = aHost({ ...BROKEN, machineId: 'machine-a' });
    expect(findingsOf(ID, aQuestion({ source }))).toMatchObject([
      {
        severity: 'warn',
        side: 'source',
        actual: { facts: ['/sourceFingerprint/cpu/fwb', `/sourceFingerprint/${MMFR2}`] },
      },
    ]);
  });

  it('says nothing without a source, and of one whose facts go together', () => {
    expect(said(ID, aQuestion({ target: aHost(BROKEN) }))).toBe('pass');
    expect(said(ID, aQuestion({ source: aHost({ machineId: 'machine-a' }) }))).toBe('pass');
  });
});
