import { type Decision, PHASES } from '@berth/engine';
import { describe, expect, it } from 'vitest';
import { EXAMPLE_VERDICT } from '../examples/example-verdict.js';
import { printVerdict } from './print-verdict.js';
import { VerdictSchema } from './verdict-schema.js';

const decision: Decision = {
  outcome: 'indeterminate',
  wouldFail: null,
  findings: [
    {
      check: 'cacheable-pfnmap',
      phase: 'memslot',
      reason: 'CACHEABLE_PFNMAP_UNSUPPORTED',
      severity: 'unknown',
      failure: 'refused',
      errno: 'EINVAL',
      side: 'target',
      slot: 7,
      mapping: 0,
      gpa: 0x8000000000n,
      device: null,
      expected: 'fwb and dic',
      actual: { fwb: true },
      missing: ['fingerprint:/cpu/dic'],
      sourceOutcome: 'unaffected',
      message: 'it is not known whether the host has DIC',
      remedy: 'probe CTR_EL0.DIC',
      cite: 'linux arch/arm64/kvm/mmu.c',
    },
  ],
  memslots: [],
  generation: null,
  rulebook: '2026.2',
  policy: 'kernel',
  phases: PHASES,
  hypothetical: false,
  assumed: {},
};

const digest = `sha256:${'a'.repeat(64)}`;
const unnamed = { vm: null, vmRevision: null, manifest: digest, host: null, hostRevision: null, fingerprint: digest };
const times = { evaluatedAt: new Date(0), validUntil: new Date(60_000) };

describe('a verdict on the wire', () => {
  const printed = printVerdict(decision, unnamed, times);

  it('has every field, with null where there is nothing', () => {
    expect(VerdictSchema.parse(printed)).toEqual(printed);
    expect(Object.keys(printed)).toEqual([
      'outcome',
      'wouldFail',
      'findings',
      'memslots',
      'basis',
      'evaluatedAt',
      'validUntil',
    ]);
    expect(printed.wouldFail).toBeNull();
    expect(printed.basis).toEqual({ ...unnamed, generation: null, rulebook: '2026.2', policy: 'kernel' });
  });

  it('writes addresses as text and times in UTC', () => {
    expect(printed.findings[0]?.gpa).toBe('0x8000000000');
    expect([printed.evaluatedAt, printed.validUntil]).toEqual(['1970-01-01T00:00:00.000Z', '1970-01-01T00:01:00.000Z']);
    expect(JSON.parse(JSON.stringify(printed))).toEqual(printed);
  });

  it('repeats the phases when not all were asked', () => {
    expect(printVerdict({ ...decision, phases: ['vm', 'fault'] }, unnamed, times).phases).toEqual(['vm', 'fault']);
  });

  it('says that it is hypothetical, and what was assumed', () => {
    const proposed = { ...decision, policy: 'proposal:flag-v4', hypothetical: true, assumed: { cacheableFlag: false } };
    const said = printVerdict(proposed as Decision, unnamed, times);
    expect(VerdictSchema.parse(said)).toEqual(said);
    expect(said).toMatchObject({ hypothetical: true, assumed: { cacheableFlag: false } });
  });

  it('says no more than the contract has', () => {
    const more = { ...decision, findings: decision.findings.map((finding) => ({ ...finding, inner: 1 })) };
    expect(printVerdict(more, { ...unnamed, ...{ fleet: 'x' } }, times)).toEqual(printed);
  });

  it('is shown by an example of the same form', () => {
    expect(VerdictSchema.parse(EXAMPLE_VERDICT)).toEqual(EXAMPLE_VERDICT);
  });
});
