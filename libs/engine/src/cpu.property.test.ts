import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuVmLike, cpuVmOf, knownCpuHost, OPTIONAL_REGISTERS } from '../../../test/support/arbitrary-cpu.js';
import { forgetful } from '../../../test/support/forget.js';
import { LAW_RUNS } from '../../../test/support/law-runs.js';
import { kernelAcceptsWhatStrictDoes, sameQuestionSameBytes } from '../../../test/support/laws.js';
import { RECORDED_HOSTS, recordedFingerprint } from '../../../test/support/recorded.js';
import { decide } from './decide.js';
import type { Fingerprint } from './model/fingerprint.js';
import type { Manifest } from './model/manifest.js';
import type { Phase } from './model/verdict.js';
import { isSafe, valuesOf } from './registers/field.js';
import { CTR_EL0, ID_REGISTERS } from './registers/id-registers.js';

const PHASES: readonly Phase[] = ['vcpu', 'state-load'];
const RUNS = 20_000;

const pair = knownCpuHost.chain((target) => cpuVmLike(target).map((manifest) => ({ manifest, target })));

const forgotten = pair.chain(({ manifest, target }) =>
  fc.record({
    full: fc.constant({ manifest, target, phases: PHASES }),
    less: fc
      .record({ manifest: forgetful(manifest), target: forgetful(target), phases: fc.constant(PHASES) })
      .map((question) => ({ ...question, ...keepOptional(manifest, target, question) })),
  }),
);

/**
 * A register that no yes needs is compared where somebody lists it: forgotten by one side it is a doubt, and by both it was
 * never there. So what somebody lists is forgotten by one of two sides at most.
 */
function keepOptional(manifest: Manifest, target: Fingerprint, less: { manifest: Manifest; target: Fingerprint }) {
  const lists = (registers: ReadonlyMap<string, bigint> | undefined, name: string) => registers?.has(name) === true;
  const gone = OPTIONAL_REGISTERS.some(
    (name) =>
      (lists(manifest.vcpu?.idRegisters, name) || lists(target.cpu?.idRegisters, name)) &&
      !lists(less.manifest.vcpu?.idRegisters, name) &&
      !lists(less.target.cpu?.idRegisters, name),
  );
  if (!gone) return {};
  return {
    manifest: { ...less.manifest, vcpu: { ...less.manifest.vcpu, idRegisters: manifest.vcpu?.idRegisters } },
    target: { ...less.target, cpu: { ...less.target.cpu, idRegisters: target.cpu?.idRegisters } },
  };
}

/** The fields that KVM judges by their mask and their direction alone. */
const COMPARED = [...ID_REGISTERS, CTR_EL0].flatMap(({ name, fields }) =>
  fields
    .filter(({ apart, feature, excepted }) => !apart && feature === undefined && excepted === undefined)
    .map((field) => ({ register: name, field })),
);

describe('laws of CPU state', () => {
  it('forgetting a fact never makes a yes, nor a no that is not one', () => {
    const seen = { compatible: 0, incompatible: 0, indeterminate: 0 };
    fc.assert(
      fc.property(forgotten, ({ full, less }) => {
        const known = decide(full).outcome;
        const outcome = decide(less).outcome;
        seen[known] += 1;
        if (outcome !== 'indeterminate') expect(outcome).toBe(known);
      }),
      { numRuns: LAW_RUNS.forgetting.cpu },
    );
    expect(Math.min(seen.compatible, seen.incompatible, seen.indeterminate)).toBeGreaterThan(RUNS / 20);
  });

  it('names what is missing, and only when something is', () => {
    fc.assert(
      fc.property(forgotten, ({ less }) => {
        for (const { severity, missing } of decide(less).findings) {
          expect(missing.length > 0).toBe(severity === 'unknown');
          expect(missing.every((pointer) => pointer.startsWith('/'))).toBe(true);
          expect(new Set(missing).size).toBe(missing.length);
        }
      }),
      { numRuns: RUNS / 2 },
    );
  });

  it('policy kernel accepts whatever strict accepts', () => {
    kernelAcceptsWhatStrictDoes(
      forgotten.map(({ less }) => less),
      LAW_RUNS.kernelAcceptsWhatStrictDoes.cpu,
    );
  });

  it('the same question gives the same bytes, and asking changes nothing', () => {
    sameQuestionSameBytes(
      forgotten.map(({ less }) => less),
      LAW_RUNS.sameBytes.cpu,
    );
  });

  it('a VM fits a host that gives just what it has', () => {
    fc.assert(
      fc.property(knownCpuHost, (target) => {
        fc.pre(target.cpu?.midr?.length === 1);
        const { outcome, findings } = decide({ manifest: cpuVmOf(target), target, phases: PHASES });
        // ID_AA64PFR0_EL1 may show what nothing else of the host does.
        fc.pre(findings.every(({ reason }) => reason !== 'SVE_UNSUPPORTED' && reason !== 'PTRAUTH_UNSUPPORTED'));
        expect(findings.filter(({ phase }) => phase === 'state-load')).toEqual([]);
        if (findings.length === 0) expect(outcome).toBe('compatible');
      }),
      { numRuns: RUNS / 4 },
    );
  });

  it('a mask that was probed lets through what is safe in it, and nothing else', () => {
    const one = fc.record({
      place: fc.constantFrom(...COMPARED),
      guest: fc.bigInt(0n, 15n),
      host: fc.bigInt(0n, 15n),
      writable: fc.boolean(),
      release: fc.constantFrom('6.1.0', '6.12.0', '7.2.13', undefined),
    });
    fc.assert(
      fc.property(one, ({ place: { register, field }, writable, release, ...values }) => {
        const most = (1n << BigInt(field.width)) - 1n;
        const [guest, host] = [(values.guest & most) << field.shift, (values.host & most) << field.shift];
        const mask = writable ? field.mask : ~field.mask & (2n ** 64n - 1n);
        const { findings } = decide({
          manifest: { vcpu: { idRegisters: new Map([[register, guest]]) } },
          target: {
            kernel: { release },
            cpu: { idRegisters: new Map([[register, host]]) },
            kvm: { writableMasks: new Map([[register, mask]]) },
          },
          phases: ['state-load'],
        });
        const refused = findings.some(({ severity }) => severity === 'reject');
        expect(refused).toBe(guest !== host && !(writable && isSafe(field, valuesOf(field, guest, host))));
      }),
      { numRuns: RUNS },
    );
  });
});

describe('the recorded hosts, as source and target of a plain VM', () => {
  const EQUAL = { gic: ['v3'], counterFrequency: 1_000_000_000, registerList: { digest: `sha256:${'0'.repeat(64)}` } };
  const hosts = RECORDED_HOSTS.map((name) => {
    const recorded = recordedFingerprint(name);
    return { name, host: { ...recorded, kvm: { ...recorded.kvm, ...EQUAL } } };
  });
  const ask = (source: Fingerprint, target: Fingerprint) =>
    decide({ manifest: cpuVmOf(source), source, target, phases: PHASES });

  it.each(hosts)('$name takes the VM that ran on it, with nothing to say', ({ host }) => {
    expect(ask(host, host)).toMatchObject({ outcome: 'compatible', findings: [] });
  });

  it('refuse for FWB, both ways, whatever else differs', () => {
    const pairs = hosts.flatMap(({ host: source }) => hosts.map(({ host: target }) => ({ source, target })));
    const refused = pairs.filter(({ source, target }) =>
      ask(source, target).findings.some(({ reason, severity }) => reason === 'FWB_MISMATCH' && severity === 'reject'),
    );
    const differing = pairs.filter(({ source, target }) => source.cpu?.fwb !== target.cpu?.fwb);
    expect(refused).toEqual(differing);
    // 33 hosts with FWB and 10 without, both ways.
    expect(differing).toHaveLength(2 * 33 * 10);
  });
});
