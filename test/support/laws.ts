import { type Decision, decide, type Outcome, type Question } from '@berth/engine';
import fc from 'fast-check';
import { expect } from 'vitest';

/** The better an outcome, the larger. */
export const RANK: Readonly<Record<Outcome, number>> = { incompatible: 0, indeterminate: 1, compatible: 2 };

/** A silent degradation is a success to a kernel, so the policy that asks the kernel alone is never the stricter one. */
export function kernelAcceptsWhatStrictDoes(questions: fc.Arbitrary<Question>, numRuns: number): void {
  fc.assert(
    fc.property(questions, (question) => {
      const strict = decide({ ...question, policy: 'strict' }).outcome;
      const kernel = decide({ ...question, policy: 'kernel' }).outcome;
      expect(RANK[kernel]).toBeGreaterThanOrEqual(RANK[strict]);
    }),
    { numRuns },
  );
}

function bytes(decision: Decision): string {
  return JSON.stringify(decision, (_, value) => (typeof value === 'bigint' ? `${value}` : value));
}

/** Asked again, or of a copy of the documents, the answer is the same to the byte; and asking changes nothing. */
export function sameQuestionSameBytes(questions: fc.Arbitrary<Question>, numRuns: number): void {
  fc.assert(
    fc.property(questions, (question) => {
      const copy = structuredClone(question);
      const first = bytes(decide(question));
      expect(bytes(decide(question))).toBe(first);
      expect(bytes(decide(copy))).toBe(first);
      expect(question).toEqual(copy);
    }),
    { numRuns },
  );
}
