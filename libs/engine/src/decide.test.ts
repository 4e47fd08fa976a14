import { describe, expect, it } from 'vitest';
import { said } from '../../../test/support/ask.js';
import {
  aBar,
  aHost,
  aManifest,
  aMapping,
  aQuestion,
  aSlot,
  GIB,
  gpuMemory,
  MEMORY_PHASES,
  registeredAs,
  vmOver,
} from '../../../test/support/builders.js';
import { CHECKS } from './checks.js';
import { DEFAULT_POLICY, decide } from './decide.js';
import type { Question } from './model/question.js';
import { type Decision, PHASES, type Phase } from './model/verdict.js';
import { RULEBOOK } from './rulebook.js';

const ORDER = new Map(CHECKS.map(({ id }, at) => [id, at]));

/** Something is wrong with it in every phase that is described, in several slots and mappings. */
const wretched: Question = {
  manifest: aManifest({
    host: 'host-b',
    mte: true,
    ipaBits: 52,
    memslots: [
      aSlot({
        slot: 9,
        gpa: 64n * GIB,
        flags: ['log-dirty-pages'],
        mappings: [gpuMemory({ size: GIB / 2n }), aBar({ offset: GIB / 2n, size: GIB / 2n })],
      }),
      aSlot({ slot: 40_000, gpa: 64n * GIB }),
      aSlot({
        slot: 4,
        mappingsAtFault: [
          aMapping({ protection: 'none', size: 0x1000n }),
          aMapping({ backing: 'secretmem', offset: GIB - 0x1000n, size: 0x1000n }),
        ],
      }),
      aSlot({ slot: 2, gpa: 32n * GIB, mappings: [] }),
    ],
  }),
  target: aHost({ fwb: false, mte: false }),
  registered: registeredAs({ state: 'cordoned', freshness: 'stale' }),
};

const keysOf = ({ findings }: Decision) =>
  findings.map(({ phase, slot, mapping, check }) => [
    PHASES.indexOf(phase),
    slot ?? -1,
    mapping ?? -1,
    ORDER.get(check) ?? -1,
  ]);

describe('findings', () => {
  it('are sorted by phase, slot, mapping and check', () => {
    const keys = keysOf(decide(wretched));
    const sorted = [...keys].sort((a, b) => a.map((value, at) => value - (b[at] ?? 0)).find((by) => by !== 0) ?? 0);
    expect(keys.length).toBeGreaterThan(12);
    expect(keys).toEqual(sorted);
  });

  it('are all named, and none of them hides another', () => {
    const phases = decide(wretched).findings.map(({ phase }) => phase);
    for (const phase of MEMORY_PHASES) expect(phases.filter((found) => found === phase).length).toBeGreaterThan(1);
  });

  it('say what the check says of itself', () => {
    for (const finding of decide(wretched).findings) {
      const check = CHECKS.find(({ id }) => id === finding.check);
      expect(finding).toMatchObject({
        phase: check?.phase,
        reason: check?.reason,
        errno: check?.errno,
        failure: check?.failure,
        sourceOutcome: check?.sourceOutcome,
        expected: check?.expected,
        remedy: check?.remedy,
        cite: check?.cite,
      });
      expect(finding.message).not.toBe('');
    }
  });
});

describe('wouldFail', () => {
  it('is the first rejection in restore order, not the first finding', () => {
    const question = aQuestion({
      manifest: vmOver(gpuMemory()),
      target: aHost({ fwb: false }),
      registered: registeredAs({ freshness: 'stale' }),
    });
    const decision = decide(question);
    expect(decision.findings[0]).toMatchObject({ check: 'freshness', severity: 'unknown' });
    expect(decision.wouldFail).toEqual({
      phase: 'memslot',
      reason: 'CACHEABLE_PFNMAP_UNSUPPORTED',
      slot: 0,
      mapping: 0,
      errno: 'EINVAL',
      failure: 'refused',
      sourceOutcome: 'unaffected',
    });
    expect(decision.outcome).toBe('incompatible');
  });

  it('is a slot of lower id before one of higher, wherever they stand in the manifest', () => {
    const memslots = [
      aSlot({ slot: 8, gpa: 8n * GIB, mappings: [gpuMemory()] }),
      aSlot({ slot: 3, mappings: [gpuMemory()] }),
    ];
    const { wouldFail } = decide(aQuestion({ manifest: aManifest({ memslots }), target: aHost({ fwb: false }) }));
    expect(wouldFail?.slot).toBe(3);
  });

  it('is nothing where nothing fails, and where there is only doubt', () => {
    expect(decide(aQuestion()).wouldFail).toBeNull();
    expect(decide(aQuestion({ target: {} })).wouldFail).toBeNull();
  });
});

describe('the outcome', () => {
  it.each<[string, Question, string]>([
    ['without findings', aQuestion(), 'compatible'],
    [
      'with a warning',
      aQuestion({ manifest: vmOver(aBar()), target: aHost({ generation: 'device-only' }) }),
      'compatible',
    ],
    [
      'with a doubt',
      aQuestion({
        target: aHost({ pageSize: undefined }),
        manifest: aManifest({ memslots: [aSlot({ gpa: 0x1000n })] }),
      }),
      'indeterminate',
    ],
    ['of what nobody knows', aQuestion({ manifest: {}, target: {} }), 'indeterminate'],
    ['with a doubt and a rejection', wretched, 'incompatible'],
  ])('%s', (_what, question, outcome) => {
    expect(decide(question).outcome).toBe(outcome);
  });

  it('is never a yes for a whole VM of which only the memory is known', () => {
    expect(decide({ manifest: aManifest(), target: aHost() }).outcome).not.toBe('compatible');
  });
});

describe('the basis', () => {
  it('names generation, rulebook, policy and phases', () => {
    expect(decide({ manifest: aManifest(), target: aHost({ generation: 'guest-memfd' }) })).toMatchObject({
      generation: 'guest-memfd',
      rulebook: RULEBOOK,
      policy: DEFAULT_POLICY,
      phases: PHASES,
    });
    expect(decide(aQuestion({ policy: 'kernel' })).policy).toBe('kernel');
  });
});

describe('the phases asked', () => {
  const SUBSETS: readonly (readonly Phase[])[] = [
    ...PHASES.map((phase) => [phase]),
    ['memslot', 'fault'],
    ['vm', 'memslot', 'fault'],
  ];

  it.each(SUBSETS)('are the only ones to speak: %s %s %s', (...phases) => {
    const asked = phases.filter((phase) => phase !== undefined);
    const alone = decide({ ...wretched, phases: asked });
    const all = decide(wretched).findings.filter(({ phase }) => asked.includes(phase));
    expect(alone.findings.map(({ phase }) => phase).every((phase) => asked.includes(phase))).toBe(true);
    if (asked.includes('memslot') || !asked.includes('fault')) expect(alone.findings).toEqual(all);
  });

  it('are repeated in restore order, once each', () => {
    expect(decide(aQuestion({ phases: ['fault', 'vm', 'fault', 'policy'] })).phases).toEqual(['policy', 'vm', 'fault']);
  });

  it('leave the rows out where nothing is asked about memory', () => {
    expect(decide({ ...wretched, phases: ['policy', 'vm', 'vcpu'] }).memslots).toEqual([]);
  });

  it('leave the fault unknown where only registration is asked', () => {
    expect(decide(aQuestion({ phases: ['memslot'] })).memslots).toMatchObject([
      { registration: 'ok', fault: 'unknown', stage2: null },
    ]);
    expect(decide(aQuestion({ phases: ['memslot'], manifest: vmOver() })).memslots).toMatchObject([
      { mapping: null, registration: 'ok' },
    ]);
  });

  it('leave the registration unknown where only the fault is asked, and then no slot is refused', () => {
    const question = aQuestion({ phases: ['fault'], manifest: vmOver(gpuMemory()), target: aHost({ fwb: false }) });
    expect(decide(question).memslots).toMatchObject([
      { registration: 'unknown', errno: null, fault: 'refused', faultErrno: 'EFAULT' },
    ]);
    expect(said('cacheable-pfnmap-fault', question)).toBe('reject');
  });
});

describe('the policy', () => {
  const silent = aQuestion({ manifest: vmOver(gpuMemory()), target: aHost({ generation: 'normal-nc' }) });

  it('strict takes a silent degradation for a failure', () => {
    expect(decide({ ...silent, policy: 'strict' })).toMatchObject({
      outcome: 'incompatible',
      wouldFail: { reason: 'CACHEABLE_DOWNGRADE', failure: 'silent', errno: null },
    });
  });

  it('is strict unless told otherwise', () => {
    expect(decide(silent)).toEqual(decide({ ...silent, policy: 'strict' }));
  });

  it('kernel takes it for a warning, and doubts it no more than that', () => {
    expect(decide({ ...silent, policy: 'kernel' })).toMatchObject({ outcome: 'compatible', wouldFail: null });
    const doubtful = { ...silent, manifest: vmOver(gpuMemory({ memoryType: undefined })) };
    expect(decide({ ...doubtful, policy: 'strict' }).outcome).toBe('indeterminate');
    expect(decide({ ...doubtful, policy: 'kernel' }).outcome).toBe('compatible');
  });

  it('changes nothing of what KVM refuses, at once or late', () => {
    const ofMemory = { ...wretched, phases: MEMORY_PHASES };
    const strict = decide({ ...ofMemory, policy: 'strict' });
    const kernel = decide({ ...ofMemory, policy: 'kernel' });
    expect(kernel.findings).toEqual(strict.findings);
    expect(kernel.memslots).toEqual(strict.memslots);
  });
});

describe('a slot that is refused', () => {
  it('does not answer for its faults, and others do', () => {
    const memslots = [
      aSlot({ slot: 1, flags: ['log-dirty-pages'], mappings: [aBar({ access: ['execute'] })] }),
      aSlot({ slot: 2, gpa: 8n * GIB, mappings: [aBar({ access: ['execute'] })] }),
    ];
    const found = decide(aQuestion({ manifest: aManifest({ memslots }) })).findings;
    expect(found.map(({ check, slot }) => [check, slot])).toEqual([
      ['pfnmap-dirty-log', 1],
      ['exec-from-uncached', 2],
    ]);
  });

  it('answers for them where its refusal is in doubt', () => {
    const question = aQuestion({
      manifest: vmOver(gpuMemory({ access: ['execute'] })),
      target: aHost({ fwb: undefined }),
    });
    expect(said('cacheable-pfnmap', question)).toBe('unknown');
    expect(said('cacheable-pfnmap-fault', question)).toBe('unknown');
  });
});
