import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { knownHost, knownVm } from '../../../test/support/arbitrary.js';
import { forgetful } from '../../../test/support/forget.js';
import { LAW_RUNS } from '../../../test/support/law-runs.js';
import { kernelAcceptsWhatStrictDoes, RANK, sameQuestionSameBytes } from '../../../test/support/laws.js';
import { decide } from './decide.js';
import type { Phase, Severity } from './model/verdict.js';

const PHASES: readonly Phase[] = ['vm', 'memslot', 'fault'];
const RUNS = 20_000;

const forgotten = fc.tuple(knownVm, knownHost).chain(([manifest, target]) =>
  fc.record({
    full: fc.constant({ manifest, target, phases: PHASES }),
    less: fc.record({ manifest: forgetful(manifest), target: forgetful(target), phases: fc.constant(PHASES) }),
  }),
);

describe('laws', () => {
  it('forgetting a fact never makes a yes, nor a no that is not one', () => {
    const seen = { compatible: 0, incompatible: 0, indeterminate: 0 };
    fc.assert(
      fc.property(forgotten, ({ full, less }) => {
        const known = decide(full).outcome;
        const outcome = decide(less).outcome;
        seen[outcome] += 1;
        // Where the full document is in doubt itself, the shorter one may only doubt too.
        if (outcome !== 'indeterminate') expect(outcome).toBe(known);
      }),
      { numRuns: LAW_RUNS.forgetting.memory },
    );
    expect(seen.compatible).toBeGreaterThan(RUNS / 50);
  });

  it('names what is missing, and only when something is', () => {
    fc.assert(
      fc.property(forgotten, ({ less }) => {
        const { findings } = decide(less);
        const of = (severity: Severity) => findings.filter((finding) => finding.severity === severity);
        expect(of('unknown').filter(({ missing }) => missing.length === 0)).toEqual([]);
        expect(of('reject').filter(({ missing }) => missing.length > 0)).toEqual([]);
        expect(findings.every(({ missing }) => missing.every((pointer) => pointer.startsWith('/')))).toBe(true);
      }),
      { numRuns: RUNS / 2 },
    );
  });

  it('one more slot never improves an outcome', () => {
    fc.assert(
      fc.property(knownVm, knownVm, knownHost, ({ memslots = [], ...vm }, { memslots: more = [] }, target) => {
        const before = decide({ manifest: { ...vm, memslots }, target, phases: PHASES }).outcome;
        const after = decide({ manifest: { ...vm, memslots: [...memslots, ...more] }, target, phases: PHASES }).outcome;
        expect(RANK[after]).toBeLessThanOrEqual(RANK[before]);
      }),
      { numRuns: LAW_RUNS.oneMore.slot },
    );
  });

  it('policy kernel accepts whatever strict accepts', () => {
    kernelAcceptsWhatStrictDoes(
      forgotten.map(({ less }) => less),
      LAW_RUNS.kernelAcceptsWhatStrictDoes.memory,
    );
  });

  it('the same question gives the same bytes, and asking changes nothing', () => {
    sameQuestionSameBytes(fc.record({ manifest: knownVm, target: knownHost }), LAW_RUNS.sameBytes.memory);
  });

  it('a VM that asks for nothing fits every host', () => {
    fc.assert(
      fc.property(knownHost, (target) => {
        const manifest = {
          arch: 'aarch64',
          vm: { type: 'normal', ipaBits: 36, mte: false },
          memslots: [],
          devices: [],
        } as const;
        expect(decide({ manifest, target, phases: PHASES }).outcome).toBe('compatible');
      }),
      { numRuns: RUNS / 4 },
    );
  });

  it('the outcome is the fold of the findings, and wouldFail the first rejection', () => {
    fc.assert(
      fc.property(forgotten, ({ less }) => {
        const { outcome, wouldFail, findings } = decide(less);
        const rejects = findings.filter((finding) => finding.severity === 'reject');
        const doubts = findings.some((finding) => finding.severity === 'unknown');
        const unrejected = doubts ? 'indeterminate' : 'compatible';
        expect(outcome).toBe(rejects.length > 0 ? 'incompatible' : unrejected);
        expect(wouldFail?.reason).toBe(rejects[0]?.reason);
        expect(wouldFail === null).toBe(rejects.length === 0);
      }),
      { numRuns: RUNS / 2 },
    );
  });
});
