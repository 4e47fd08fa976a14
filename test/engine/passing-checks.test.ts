import { Session } from 'node:inspector';
import { CHECKS, type Check, decide, PHASES, type Question } from '@berth/engine';
import { describe, expect, it } from 'vitest';
import { aSlot, GIB } from '../support/builders.js';
import { aCpuQuestion } from '../support/builders-cpu.js';
import { CORPUS } from './corpus.js';
import { DEVICE_QUESTIONS } from './corpus-devices.js';
import { CPU_QUESTIONS } from './cpu-questions.js';

type Test = (...asked: unknown[]) => { readonly kind: string };

/** The same check, told of each time that it is asked and of what it answers. */
function watched(check: Check, tell: (asked: readonly unknown[], answer: { readonly kind: string }) => void): Check {
  const test: Test = (...asked) => {
    const answer = (check.test as Test)(...asked);
    tell(asked, answer);
    return answer;
  };
  return { ...check, test } as Check;
}

/** 16 slots, all phases, and nothing in the way. */
const passing: Question = ((): Question => {
  const memslots = Array.from({ length: 16 }, (_, slot) => aSlot({ slot, gpa: BigInt(slot) * GIB }));
  const { manifest, target } = aCpuQuestion();
  return { manifest: { ...manifest, memslots }, target, phases: PHASES };
})();

describe('a check that passes', () => {
  it('gives the one pass that there is', () => {
    const passes = new Set<unknown>();
    const passed = new Set<string>();
    const watch = CHECKS.map((check) =>
      watched(check, (_, answer) => {
        if (answer.kind !== 'pass') return;
        passes.add(answer);
        passed.add(check.id);
      }),
    );
    const questions = [passing, ...CORPUS.map(({ question }) => question), ...CPU_QUESTIONS, ...DEVICE_QUESTIONS];
    for (const question of questions) decide({ ...question, phases: PHASES }, watch);
    expect(CHECKS.filter(({ id }) => !passed.has(id)).map(({ id }) => id)).toEqual([]);
    expect([...passes]).toEqual([{ kind: 'pass' }]);
    expect(Object.isFrozen([...passes][0])).toBe(true);
  });

  it('is asked about the very things that all the others are', () => {
    const shown = (times: number) => {
      const things = new Set<unknown>();
      const keep = (asked: readonly unknown[]) => {
        for (const thing of asked) if (typeof thing === 'object') things.add(thing);
      };
      expect(
        decide(
          passing,
          repeated(CHECKS, times).map((check) => watched(check, keep)),
        ).findings,
      ).toEqual([]);
      return things.size;
    };
    expect(shown(8)).toBe(shown(1));
  });

  it('costs the engine no memory', () => {
    const pass = { kind: 'pass' } as const;
    const passes = CHECKS.map((check) => ({ ...check, test: () => pass }));
    expect(growthOf(passes)).toBeLessThan(ENOUGH);
  });
});

const TIMES = 10;
/** In bytes, and far less than an object for each of the thousands of times that a check is asked more. */
const ENOUGH = 256;

function repeated(checks: readonly Check[], times: number): readonly Check[] {
  return Array.from({ length: times }, () => checks).flat();
}

/**
 * How many bytes more a decision allocates where each check is asked ten times instead of once. Code makes objects that it no longer
 * makes once it is compiled, and when that is V8 decides: so this asks until little enough is made, or gives up.
 */
function growthOf(checks: readonly Check[]): number {
  const many = repeated(checks, TIMES);
  const least = { once: Number.POSITIVE_INFINITY, often: Number.POSITIVE_INFINITY };
  for (let round = 0; round < 60 && !(least.often - least.once < ENOUGH); round++) {
    for (let i = 0; i < 200; i++) decide(passing, i % 2 === 0 ? checks : many);
    least.once = Math.min(least.once, allocatedFor(checks));
    least.often = Math.min(least.often, allocatedFor(many));
  }
  return least.often - least.once;
}

interface Allocations {
  readonly selfSize: number;
  readonly children: readonly Allocations[];
}

function sizeOf({ selfSize, children }: Allocations): number {
  return children.reduce((sum, child) => sum + sizeOf(child), selfSize);
}

const DECISIONS = 20;
const session = new Session();
session.connect();

/** Bytes for each decision, by a sample of every allocation, also of what is collected meanwhile. */
function allocatedFor(checks: readonly Check[]): number {
  const collected = { includeObjectsCollectedByMajorGC: true, includeObjectsCollectedByMinorGC: true };
  session.post('HeapProfiler.startSampling', { samplingInterval: 1, ...collected });
  for (let i = 0; i < DECISIONS; i++) decide(passing, checks);
  let bytes = Number.NaN;
  session.post('HeapProfiler.stopSampling', (error, { profile }) => {
    if (error === null) bytes = sizeOf(profile.head);
  });
  return bytes / DECISIONS;
}
