import { describe, expect, it } from 'vitest';
import { aHost, aQuestion, gpuMemory, vmOver, vmThatRemapsTo } from '../../../../test/support/builders.js';
import { CHECKS } from '../checks.js';
import { decide } from '../decide.js';
import { POLICIES, PROPOSALS } from '../model/verdict.js';
import { compare } from './compare.js';
import { POLICY_CARDS } from './policies.js';
import { PROPOSAL_RULES } from './proposals.js';

const gpu = (fwb: boolean) => aQuestion({ manifest: vmOver(gpuMemory()), target: aHost({ fwb }) });

describe('the cards', () => {
  it('are one for each policy, and what is not merged is hypothetical', () => {
    expect(Object.keys(POLICY_CARDS)).toEqual(POLICIES);
    for (const card of Object.values(POLICY_CARDS)) {
      expect(card.hypothetical).toBe(card.id.startsWith('proposal:'));
      expect(card.proposedBy === null).toBe(!card.hypothetical);
      expect(card.statement).toMatch(/^[A-Z].*\.$/s);
      expect(card.title).toMatch(/^[a-z]/);
    }
  });

  it('name the hazard where something is weakened in silence', () => {
    for (const proposal of PROPOSALS) {
      const { silentDegradation, hazards } = POLICY_CARDS[proposal];
      expect(hazards.some(({ id }) => id === 'H2')).toBe(silentDegradation !== 'never');
    }
  });

  it('change only checks that there are', () => {
    const ids = CHECKS.map(({ id }) => id);
    const changed = PROPOSALS.flatMap((proposal) => Object.keys(PROPOSAL_RULES[proposal].rows));
    expect(changed.filter((id) => !ids.includes(id))).toEqual([]);
  });
});

describe('what an answer went by', () => {
  const assumed = (given: Parameters<typeof decide>[0]) => decide(given).assumed;

  it('is the card where the question is silent, and the question where it is not', () => {
    expect(assumed({ ...gpu(true), policy: 'proposal:flag-v4' })).toEqual({ cacheableFlag: false });
    const said = { cacheableFlag: true, sealed: true } as const;
    expect(assumed({ ...gpu(true), policy: 'proposal:flag-v4', proposal: said })).toEqual({ cacheableFlag: true });
    expect(assumed({ ...gpu(true), policy: 'proposal:sealed', proposal: { sealed: true } })).toEqual({ sealed: true });
    expect(assumed({ ...gpu(true), policy: 'proposal:vma-flag' })).toEqual({ cacheableFlag: true });
  });

  it('is nothing for what goes by the documents alone', () => {
    expect(assumed({ ...gpu(true), policy: 'proposal:jgg', proposal: { sealed: true } })).toEqual({});
    expect(assumed({ ...gpu(true), proposal: { optOutActive: true } })).toEqual({});
  });

  it('is the flag wherever user space sets it', () => {
    expect(assumed({ ...gpu(true), proposal: { cacheableFlag: true } })).toEqual({ cacheableFlag: true });
    const answer = decide({ ...gpu(true), policy: 'proposal:opt-out', proposal: { cacheableFlag: true } });
    expect(answer.assumed).toEqual({ optOutActive: false, cacheableFlag: true });
    expect(answer.wouldFail?.reason).toBe('SLOT_FLAGS_UNSUPPORTED');
  });
});

describe('a proposal', () => {
  it('leaves no trace in what is asked next', () => {
    const before = decide(gpu(false));
    decide({ ...gpu(false), policy: 'proposal:fallback' });
    expect(decide(gpu(false))).toEqual(before);
  });

  it('that seals what was registered meets nothing else at fault', () => {
    const question = aQuestion({ manifest: vmThatRemapsTo([gpuMemory()]), target: aHost({ fwb: false }) });
    expect(decide(question).outcome).toBe('incompatible');
    expect(decide({ ...question, policy: 'proposal:sealed' }).outcome).toBe('incompatible');
    const sealed = decide({ ...question, policy: 'proposal:sealed', proposal: { sealed: true } });
    expect(sealed.outcome).toBe('compatible');
  });

  it('that is not known to meet a kernel is a doubt where kernels differ', () => {
    const target = aHost({ release: undefined, cap243: undefined, guestMemfd: undefined, fwb: false });
    const answer = decide({ ...gpu(false), target, policy: 'proposal:vma-flag', proposal: { cacheableFlag: false } });
    expect(answer.outcome).not.toBe('compatible');
  });
});

describe('compare', () => {
  it('says what a proposal lets through, and at which hazard', () => {
    const { decisions, differences } = compare(gpu(false), ['proposal:fallback', 'proposal:cmo']);
    expect(decisions.map(({ policy, outcome }) => [policy, outcome])).toEqual([
      ['proposal:fallback', 'incompatible'],
      ['proposal:cmo', 'compatible'],
    ]);
    expect(differences).toMatchObject([
      {
        policy: 'proposal:fallback',
        outcome: { strict: 'incompatible', policy: 'incompatible' },
        letsThrough: [{ check: 'cacheable-pfnmap', slot: 0, mapping: 0, errno: 'EINVAL', hazards: ['H2'] }],
        refuses: [{ check: 'proposal-admits-hazard', failure: 'silent', errno: null }],
        memslots: [{ strict: { registration: 'refused' }, policy: { stage2: 'device-nGnRE' } }],
      },
      {
        policy: 'proposal:cmo',
        letsThrough: [{ check: 'cacheable-pfnmap', hazards: [] }],
        refuses: [],
        memslots: [{ policy: { stage2: 'normal-wb', cacheMaintenance: 'by-va' } }],
      },
    ]);
  });

  it('says what a proposal refuses, and what it changes in silence', () => {
    const { differences } = compare(gpu(true), ['strict', 'kernel', 'proposal:flag-v4', 'proposal:flag-marc']);
    expect(differences).toMatchObject([
      { policy: 'kernel', letsThrough: [], refuses: [], memslots: [] },
      { policy: 'proposal:flag-v4', letsThrough: [], refuses: [{ reason: 'PROPOSAL_REFUSES', errno: 'EINVAL' }] },
      {
        policy: 'proposal:flag-marc',
        outcome: { strict: 'compatible', policy: 'compatible' },
        refuses: [],
        memslots: [{ strict: { stage2: 'normal-wb' }, policy: { stage2: 'normal-nc' } }],
      },
    ]);
  });
});
