import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { knownHost, knownVm } from '../../../../test/support/arbitrary.js';
import { ALL_GENERATIONS, aHost, aManifest, aSlot } from '../../../../test/support/builders.js';
import { forgetful } from '../../../../test/support/forget.js';
import { LAW_RUNS } from '../../../../test/support/law-runs.js';
import { kernelAcceptsWhatStrictDoes, sameQuestionSameBytes } from '../../../../test/support/laws.js';
import { type NaiveTouch, naiveProposal } from '../../../../test/support/naive-proposals.js';
import { decide } from '../decide.js';
import type { Mapping } from '../model/manifest.js';
import { BACKINGS, MEMORY_TYPES, VM_FLAGS } from '../model/memory.js';
import type { Question } from '../model/question.js';
import { type Decision, type Phase, POLICIES, PROPOSALS } from '../model/verdict.js';
import { compare } from './compare.js';

const PHASES: readonly Phase[] = ['vm', 'memslot', 'fault'];
const RUNS = 10_000;

const suppositions = fc.record({
  cacheableFlag: fc.option(fc.boolean(), { nil: undefined }),
  sealed: fc.option(fc.boolean(), { nil: undefined }),
  optOutActive: fc.option(fc.boolean(), { nil: undefined }),
});

const policy = fc.constantFrom(...POLICIES);

const asked: fc.Arbitrary<Question> = fc.record({
  manifest: knownVm,
  target: knownHost,
  policy,
  proposal: suppositions,
  phases: fc.constant(PHASES),
});

const forgotten = asked.chain((full) =>
  fc
    .record({ manifest: forgetful(full.manifest), target: forgetful(full.target) })
    .map((less) => ({ full, less: { ...full, ...less } })),
);

const mapping: fc.Arbitrary<Mapping> = fc
  .record({
    backing: fc.constantFrom(...BACKINGS.filter((backing) => backing !== 'guest-memfd')),
    vmFlags: fc.subarray([...VM_FLAGS]),
    memoryType: fc.constantFrom(...MEMORY_TYPES),
    kernelMapped: fc.boolean(),
  })
  .map((kind) => ({ offset: 0n, size: 0x40000000n, protection: 'rw', access: ['write'], ...kind }));

function touchOf({ memslots: [row] }: Decision): NaiveTouch {
  if (row?.registration === 'refused') return { registration: row.errno, touch: null };
  return { registration: null, touch: row?.faultErrno ?? row?.stage2 ?? null };
}

describe('laws of the policies', () => {
  it('a second, literal reading of the proposals agrees', () => {
    const hosts = fc.record({
      generation: fc.constantFrom(...ALL_GENERATIONS),
      fwb: fc.boolean(),
      dic: fc.boolean(),
    });
    const seen = new Set<string>();
    fc.assert(
      fc.property(mapping, hosts, fc.constantFrom(...PROPOSALS), suppositions, (one, host, proposed, proposal) => {
        const manifest = aManifest({ memslots: [aSlot({ mappings: [one] })] });
        const decision = decide({ manifest, target: aHost(host), policy: proposed, proposal, phases: PHASES });
        const touch = naiveProposal(one, host, proposed, proposal);
        expect(touchOf(decision)).toEqual(touch);
        seen.add(`${proposed} ${touch.registration} ${touch.touch}`);
      }),
      { numRuns: LAW_RUNS.secondReading.proposals },
    );
    // Every proposal refuses, maps and fails: all that its row can come to.
    expect(seen.size).toBeGreaterThan(PROPOSALS.length * 4);
  });

  it('forgetting a fact never makes a yes, nor a no that is not one', () => {
    fc.assert(
      fc.property(forgotten, ({ full, less }) => {
        const known = decide(full).outcome;
        const outcome = decide(less).outcome;
        if (outcome !== 'indeterminate') expect(outcome).toBe(known);
      }),
      { numRuns: LAW_RUNS.forgetting.policies },
    );
  });

  it('names what is missing, and only when something is', () => {
    fc.assert(
      fc.property(forgotten, ({ less }) => {
        const findings = decide(less).findings.filter(({ severity }) => severity !== 'warn');
        for (const { severity, missing } of findings) expect(severity === 'unknown').toBe(missing.length > 0);
      }),
      { numRuns: RUNS },
    );
  });

  it('kernel accepts whatever strict accepts, whatever is supposed', () => {
    kernelAcceptsWhatStrictDoes(
      forgotten.map(({ less }) => less),
      LAW_RUNS.kernelAcceptsWhatStrictDoes.policies,
    );
  });

  it('the same question gives the same bytes, whatever the policy', () => {
    sameQuestionSameBytes(asked, LAW_RUNS.sameBytes.policies);
  });

  it('what a proposal weakens in silence is said, with its hazard, and refused unless the sources only warn', () => {
    fc.assert(
      fc.property(asked, fc.constantFrom(...PROPOSALS), (question, proposed) => {
        const decision = decide({ ...question, policy: proposed });
        const weakened = weakenedRows(question, decision);
        const said = decision.findings.filter(
          ({ failure, severity }) => failure === 'silent' && severity !== 'unknown',
        );
        for (const row of weakened)
          expect(said.some(({ slot, mapping: at }) => slot === row.slot && at === row.mapping)).toBe(true);
        if (weakened.length > 0 && proposed !== 'proposal:flag-marc') expect(decision.outcome).toBe('incompatible');
      }),
      { numRuns: RUNS },
    );
  });

  it('only a proposal is hypothetical, and only a proposal speaks of proposals', () => {
    fc.assert(
      fc.property(asked, (question) => {
        const { hypothetical, findings, policy: answered } = decide(question);
        expect(hypothetical).toBe(answered.startsWith('proposal:'));
        if (hypothetical) return;
        const of = findings.filter(({ reason }) => /^PROPOSAL_|^COW_PFNMAP_REFUSED/.test(reason));
        expect(of).toEqual([]);
      }),
      { numRuns: RUNS / 2 },
    );
  });

  it('what strict rejects and a policy accepts is listed as let through', () => {
    fc.assert(
      fc.property(asked, ({ policy: _, ...question }) => {
        const { decisions, differences } = compare(question, POLICIES);
        expect(decisions.map((decision) => decision.policy)).toEqual(POLICIES);
        for (const { outcome, letsThrough, refuses } of differences) {
          const [strict, other] = [outcome.strict === 'incompatible', outcome.policy === 'incompatible'];
          expect(letsThrough.length > 0 || !strict || other).toBe(true);
          expect(refuses.length > 0 || strict || !other).toBe(true);
        }
      }),
      { numRuns: RUNS / 10 },
    );
  });
});

/** Cacheable memory outside map memory that the guest runs on and that is not Normal-WB at stage 2. */
function weakenedRows({ manifest }: Question, { memslots, assumed }: Decision) {
  const slots = new Map((manifest.memslots ?? []).map((slot) => [slot.slot, slot]));
  const unique = slots.size === manifest.memslots?.length;
  return memslots.filter(({ slot, mapping: at, stage2, fault }) => {
    if (!unique || at === null || fault !== 'ok' || stage2 === null || stage2 === 'normal-wb') return false;
    const under = slots.get(slot);
    const standing = assumed.sealed === true ? under?.mappings : (under?.mappingsAtFault ?? under?.mappings);
    const { memoryType, access } = standing?.[at] ?? {};
    const touched = access === undefined || access.some((one) => one !== 'execute');
    return touched && (memoryType === 'normal' || memoryType === 'normal-tagged');
  });
}
