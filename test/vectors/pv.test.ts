import { decide, PROPOSALS, type Question } from '@berth/engine';
import { describe, expect, it } from 'vitest';
import { POLICY_VECTORS, type PolicyVectorExpected, policyVectorQuestion } from '../support/vectors-policies.js';

function answerOf(question: Question): PolicyVectorExpected {
  const { generation, outcome, wouldFail, findings, memslots } = decide(question);
  const [row] = memslots;
  if (row === undefined || generation === null) throw new Error('a vector has a slot and a known kernel');
  const { registration, errno, fault, faultErrno, stage2, cacheMaintenance } = row;
  const hazards = findings.flatMap(({ actual }) => (typeof actual['hazard'] === 'string' ? [actual['hazard']] : []));
  const reason = wouldFail?.reason ?? null;
  return { generation, registration, errno, fault, faultErrno, stage2, cacheMaintenance, outcome, reason, hazards };
}

describe.each(POLICY_VECTORS)('$id $title ($policy)', (vector) => {
  it('is answered so', () => {
    expect(answerOf(policyVectorQuestion(vector))).toEqual(vector.expect);
  });
});

describe('the policy vectors', () => {
  it('are PV01 to PV12, and each with an id of its own', () => {
    const ids = POLICY_VECTORS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const asked = Array.from({ length: 12 }, (_, at) => `PV${String(at + 1).padStart(2, '0')}`);
    expect(asked.filter((id) => !ids.includes(id))).toEqual([]);
  });

  it('ask every proposal', () => {
    expect(PROPOSALS.filter((proposal) => !POLICY_VECTORS.some(({ policy }) => policy === proposal))).toEqual([]);
  });
});
