import { type Decision, decide, REASONS } from '@berth/engine';
import { describe, expect, it } from 'vitest';
import {
  CPU_VECTORS,
  type CpuVector,
  cpuVectorQuestion,
  INEXPRESSIBLE_CPU_VECTORS,
} from '../../support/vectors-cpu.js';

function ask(vector: CpuVector): Decision {
  return decide(cpuVectorQuestion(vector));
}

describe.each(CPU_VECTORS)('$id $title', (vector) => {
  it('comes out as the kernel does', () => {
    const { outcome, wouldFail, findings } = ask(vector);
    const check = findings.find(({ severity }) => severity === 'reject')?.check ?? null;
    const { phase = null, reason = null, errno = null, failure = null } = wouldFail ?? {};
    expect({ outcome, check, phase, reason, errno, failure }).toEqual(vector.expect);
  });

  it('is about one thing', () => {
    const others = ask(vector).findings.filter(
      ({ check, severity }) => check !== vector.expect.check && severity !== 'warn',
    );
    expect(others.map(({ check }) => check)).toEqual(BESIDE[vector.id] ?? []);
  });
});

/** What differs with the fact that a vector is about. */
const BESIDE: Readonly<Record<string, readonly string[]>> = {
  CV13: ['id-register-aa64isar2'],
  CV22: ['sve-lengths'],
};

describe('the vectors', () => {
  it('are CV01 to CV24, CV29 and CV30', () => {
    const ids = [...new Set([...CPU_VECTORS, ...INEXPRESSIBLE_CPU_VECTORS].map(({ id }) => id))].sort();
    const first = Array.from({ length: 24 }, (_, at) => `CV${String(at + 1).padStart(2, '0')}`);
    expect(ids).toEqual([...first, 'CV29', 'CV30']);
  });

  it('are all expressed, but for what no document can say', () => {
    expect(INEXPRESSIBLE_CPU_VECTORS.map(({ id }) => id)).toEqual(['CV29']);
    for (const { why } of INEXPRESSIBLE_CPU_VECTORS) expect(why).toMatch(/document/);
  });

  it('leave another MIDR in doubt where the target could let it be written', () => {
    const asked = CPU_VECTORS.find(({ id }) => id === 'CV10');
    if (asked === undefined) throw new Error('no CV10');
    const { outcome, findings } = ask({ ...asked, fingerprint: '../recorded/fingerprints/7.2.13-max.json', host: {} });
    expect(outcome).toBe('indeterminate');
    expect(findings.map(({ check, missing }) => [check, missing])).toEqual([
      ['midr', ['/manifest/vm/enabledCapabilities']],
    ]);
  });

  it('name reasons that there are', () => {
    const named = CPU_VECTORS.flatMap(({ expect: { reason } }) => (reason === null ? [] : [reason]));
    expect(named.filter((reason) => !REASONS.includes(reason))).toEqual([]);
  });
});
