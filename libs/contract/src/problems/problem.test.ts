import { describe, expect, it } from 'vitest';
import { ProblemSchema, problem } from './problem.js';
import { PROBLEM_CODES, PROBLEMS } from './problems.js';

describe('problems', () => {
  it.each(PROBLEM_CODES)('%s is a code with a status of an error and a title', (code) => {
    expect(code).toMatch(/^[A-Z][A-Z_]{1,62}$/);
    const printed = problem(code);
    expect(ProblemSchema.parse(printed)).toEqual(printed);
    expect(printed).toEqual({ type: `urn:berth:problem:${code}`, ...PROBLEMS[code], code });
  });

  it('hold what the contract names', () => {
    expect(PROBLEMS.STALE_OBSERVATION.status).toBe(409);
    expect(PROBLEMS.CLOCK_AHEAD.status).toBe(422);
    expect(PROBLEMS.MACHINE_CHANGED.status).toBe(409);
    expect(PROBLEMS.HOST_CHANGED.status).toBe(409);
    expect(PROBLEMS.HOST_IN_USE.status).toBe(409);
    expect(PROBLEMS.REVISION_CONFLICT.status).toBe(409);
    expect(PROBLEMS.REVISION_MISMATCH.status).toBe(412);
  });

  it('carry a detail, faults and further members, but never another code', () => {
    const printed = problem('REVISION_MISMATCH', { detail: 'revision 7 stands', revision: 7, status: 200, code: 'x' });
    expect(printed).toMatchObject({ status: 412, code: 'REVISION_MISMATCH', detail: 'revision 7 stands', revision: 7 });
  });

  it('give each fault a pointer, that of a parameter too', () => {
    const errors = [
      { pointer: '/vm', code: 'REQUIRED', detail: 'expected a name' },
      { parameter: 'limit', code: 'RANGE', detail: 'expected at most 1000' },
    ];
    const printed = problem('INVALID_QUERY', { errors });
    expect(ProblemSchema.parse(printed)).toEqual(printed);
    expect(printed.errors?.map(({ pointer }) => pointer)).toEqual(['/vm', '/limit']);
  });
});
