import { decide, type MemslotRow, type Policy, REASONS } from '@berth/engine';
import { describe, expect, it } from 'vitest';
import {
  BORDER_VECTORS,
  INEXPRESSIBLE,
  MEMORY_VECTORS,
  VECTOR_PHASES,
  type Vector,
  vectorFingerprint,
  vectorManifest,
} from '../support/vectors.js';

function ask(vector: Vector, policy: Policy) {
  const target = vectorFingerprint(vector);
  return decide({ manifest: vectorManifest(vector), target, policy, phases: VECTOR_PHASES });
}

function lineOf(row: MemslotRow | undefined) {
  const { registration, errno, fault, faultErrno, stage2 } = row ?? {};
  return { registration, errno, fault, faultErrno, stage2 };
}

function expectedLine({ registration, errno, fault, faultErrno, stage2 }: Vector['expect']) {
  return { registration, errno, fault, faultErrno, stage2 };
}

describe.each([...MEMORY_VECTORS, ...BORDER_VECTORS])('$id $title ($rule)', (vector) => {
  const { expect: expected } = vector;

  it('registers and faults as the kernel does', () => {
    const decision = ask(vector, 'kernel');
    expect(decision.generation).toBe(expected.generation);
    expect(lineOf(decision.memslots[expected.row])).toEqual(expectedLine(expected));
  });

  it.each(['kernel', 'strict'] as const)('is answered under the policy %s', (policy) => {
    const { outcome, wouldFail } = ask(vector, policy);
    expect({ outcome, reason: wouldFail?.reason ?? null }).toEqual(expected[policy]);
  });

  it('names the errno that the kernel gives', () => {
    const first = ask(vector, 'kernel').wouldFail;
    if (first?.phase === 'memslot') expect(first.errno).toBe(expected.errno);
    if (first?.phase === 'fault') expect(first.errno).toBe(expected.faultErrno);
    if (expected.failsAtMapping !== undefined) expect(first?.mapping).toBe(expected.failsAtMapping);
  });
});

describe('the vectors', () => {
  it('are TV01 to TV70, each once', () => {
    const ids = [...MEMORY_VECTORS, ...INEXPRESSIBLE].map(({ id }) => id).sort();
    expect(ids).toEqual(Array.from({ length: 70 }, (_, at) => `TV${String(at + 1).padStart(2, '0')}`));
  });

  it('are all expressed, but for what no manifest can say', () => {
    expect(INEXPRESSIBLE.map(({ id }) => id)).toEqual(['TV53', 'TV64', 'TV68']);
    for (const { why } of INEXPRESSIBLE) expect(why).toMatch(/^A manifest|^Poison/);
  });

  it('name reasons that there are', () => {
    const named = MEMORY_VECTORS.flatMap(({ expect: { kernel, strict } }) => [kernel.reason, strict.reason]);
    expect(named.filter((reason) => reason !== null && !REASONS.includes(reason))).toEqual([]);
  });

  it('stand on both sides of each border with the same VM', () => {
    const borders = new Map<string, Vector[]>();
    for (const vector of BORDER_VECTORS)
      borders.set(vector.border ?? '', [...(borders.get(vector.border ?? '') ?? []), vector]);
    for (const [border, sides] of borders) {
      expect(sides.map(({ side }) => side).sort(), border).toEqual(['after', 'before']);
      expect(sides[0]?.manifest, border).toEqual(sides[1]?.manifest);
      expect(sides[0]?.expect, border).not.toEqual(sides[1]?.expect);
    }
  });
});
