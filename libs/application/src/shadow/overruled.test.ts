import { CHECKS, type Cpu, type Decision, decide, type Outcome, type Question } from '@berth/engine';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { knownHost, knownVm } from '../../../../test/support/arbitrary.js';
import { Overruled } from './overruled.js';
import type { Overrule, ShadowRules } from './shadow-rules.js';

const rules = (checks: Readonly<Record<string, Overrule>>, more: Partial<ShadowRules> = {}): Overruled =>
  new Overruled({ checks: new Map(Object.entries(checks)), ...more });

const told = ({ outcome, findings }: Decision) => [
  outcome,
  findings.map(({ check, severity }) => `${check} ${severity}`),
];

/** A slot of cacheable device memory, on a host that has DIC and no FWB. */
const question = (more: Partial<Question> = {}, cpu: Cpu = { fwb: false, dic: true }): Question => ({
  manifest: {
    vm: { type: 'normal', ipaBits: 40, mte: false },
    memslots: [
      {
        slot: 7,
        gpa: 0x8000000000n,
        size: 0x200000n,
        flags: [],
        mappings: [
          {
            offset: 0n,
            size: 0x200000n,
            backing: 'vfio',
            vmFlags: ['pfnmap'],
            memoryType: 'normal',
            kernelMapped: false,
            protection: 'rw',
          },
        ],
      },
    ],
  },
  target: {
    arch: 'aarch64',
    kernel: { release: '7.2.0', pageSize: 4096 },
    cpu,
    kvm: { mode: 'vhe', capabilities: new Map([['KVM_CAP_ARM_VM_IPA_SIZE', { system: 48, vm: 48 }]]) },
  },
  phases: ['memslot', 'fault'],
  ...more,
});

describe('a check', () => {
  test('that is off is not asked, and what it hid is', () => {
    expect(told(decide(question()))).toEqual(['incompatible', ['cacheable-pfnmap reject']]);
    // The slot is taken, so that the guest comes to touch it.
    expect(told(rules({ 'cacheable-pfnmap': 'off' }).decide(question()))).toEqual([
      'incompatible',
      ['cacheable-pfnmap-fault reject'],
    ]);
    const neither = rules({ 'cacheable-pfnmap': 'off', 'cacheable-pfnmap-fault': 'off' });
    expect(told(neither.decide(question()))).toEqual(['compatible', []]);
    expect(neither.decide(question()).wouldFail).toBeNull();
  });

  test('that only warns is heard, refuses nothing, and hides nothing', () => {
    const decision = rules({ 'cacheable-pfnmap': 'warn' }).decide(question());
    expect(told(decision)).toEqual(['incompatible', ['cacheable-pfnmap warn', 'cacheable-pfnmap-fault reject']]);
    expect([decision.wouldFail?.phase, decision.memslots[0]?.registration]).toEqual(['fault', 'ok']);
    const both = rules({ 'cacheable-pfnmap': 'warn', 'cacheable-pfnmap-fault': 'warn' });
    const warned = ['cacheable-pfnmap warn', 'cacheable-pfnmap-fault warn'];
    expect(told(both.decide(question()))).toEqual(['compatible', warned]);
    expect(told(both.decide(question({}, { dic: true })))).toEqual(['compatible', warned]);
    expect(both.decide(question()).wouldFail).toBeNull();
  });

  test('that counts whatever the policy refuses what `kernel` only warns of, and doubts where a fact is missing', () => {
    const silent = question({
      policy: 'kernel',
      target: {
        ...question().target,
        kernel: { release: '6.12.0', pageSize: 4096 },
        kvm: {
          mode: 'vhe',
          capabilities: new Map([
            ['KVM_CAP_ARM_VM_IPA_SIZE', { system: 48, vm: 48 }],
            ['KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED', { system: 0, vm: 0 }],
          ]),
        },
      },
    });
    expect(told(decide(silent))).toEqual(['compatible', ['cacheable-downgrade warn']]);
    const strict = rules({ 'cacheable-downgrade': 'reject' }).decide(silent);
    expect(told(strict)).toEqual(['incompatible', ['cacheable-downgrade reject']]);
    expect(strict.wouldFail).toMatchObject({ reason: 'CACHEABLE_DOWNGRADE' });
    const doubted = rules({ 'cacheable-pfnmap': 'reject', 'cacheable-pfnmap-fault': 'reject' }).decide(
      question({}, { dic: true }),
    );
    expect(told(doubted)).toEqual(['indeterminate', ['cacheable-pfnmap unknown', 'cacheable-pfnmap-fault unknown']]);
  });
});

test('a policy and a catalogue are taken in the place of those of the question', () => {
  expect(rules({}, { policy: 'kernel' }).decide(question({ policy: 'strict' })).policy).toBe('kernel');
  expect(rules({}).decide(question({ policy: 'kernel' })).policy).toBe('kernel');
  expect(rules({}, { policy: 'proposal:fallback' }).decide(question())).toMatchObject({ hypothetical: true });
});

const anyQuestion = fc.record({ manifest: knownVm, target: knownHost });
const anyOverrules = (overrule: Overrule) =>
  fc.uniqueArray(fc.constantFrom(...CHECKS.map(({ id }) => id)), { maxLength: 40 }).map((ids) => ({
    overrules: Object.fromEntries(ids.map((id) => [id, overrule])),
  }));
const WORSE: readonly Outcome[] = ['compatible', 'indeterminate', 'incompatible'];
const badness = ({ outcome }: Decision): number => WORSE.indexOf(outcome);

describe('the laws', () => {
  test('rules that overrule nothing answer as those that count', () => {
    fc.assert(
      fc.property(anyQuestion, (asked) => {
        expect(rules({}).decide(asked)).toEqual(decide(asked));
      }),
    );
  });

  test('a refusal that becomes a warning never makes an answer worse', () => {
    fc.assert(
      fc.property(anyQuestion, anyOverrules('warn'), (asked, { overrules }) => {
        const before = decide(asked);
        const after = rules(overrules).decide(asked);
        expect(badness(after)).toBeLessThanOrEqual(badness(before));
        const heard = new Set(after.findings.map(({ check }) => check));
        expect(before.findings.filter(({ check }) => !heard.has(check))).toEqual([]);
      }),
    );
  });

  test('a warning that becomes a refusal never makes an answer better', () => {
    fc.assert(
      fc.property(anyQuestion, anyOverrules('reject'), (asked, { overrules }) => {
        expect(badness(rules(overrules).decide(asked))).toBeGreaterThanOrEqual(badness(decide(asked)));
      }),
    );
  });

  test('a check that is off never speaks', () => {
    fc.assert(
      fc.property(anyQuestion, anyOverrules('off'), (asked, { overrules }) => {
        const { findings } = rules(overrules).decide(asked);
        expect(findings.filter(({ check }) => check in overrules)).toEqual([]);
      }),
    );
  });
});
