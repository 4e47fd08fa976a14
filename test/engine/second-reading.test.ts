import { type Decision, decide, type Manifest, type Policy } from '@berth/engine';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { knownHost, knownVm } from '../support/arbitrary.js';
import { LAW_RUNS } from '../support/law-runs.js';
import { type NaiveAnswer, naive } from '../support/naive.js';

/** The engine's rows stand by slot number; the naive reading goes by the manifest. */
function compare(manifest: Manifest, decision: Decision, second: NaiveAnswer): void {
  expect(decision.outcome).toBe(second.outcome);
  // A VM that cannot be created registers no slot: what its rows say is then neither right nor wrong.
  if (!second.created) return;
  const order = (manifest.memslots ?? [])
    .map((slot, index) => ({ slot, index }))
    .sort((a, b) => a.slot.slot - b.slot.slot);
  let at = 0;
  for (const { slot, index } of order) {
    const count = Math.max(1, (slot.mappingsAtFault ?? slot.mappings ?? []).length);
    compareSlot(decision.memslots.slice(at, at + count), second, index);
    at += count;
  }
}

function compareSlot(rows: Decision['memslots'], second: NaiveAnswer, index: number): void {
  const errno = second.registrations[index] ?? null;
  if (errno === 'untold') return;
  for (const [i, row] of rows.entries()) {
    expect(row.registration).toBe(errno === null ? 'ok' : 'refused');
    expect(row.errno).toBe(errno);
    compareTouches(row, second.touches[index]?.[i]);
  }
}

function compareTouches(row: Decision['memslots'][number], touches: readonly string[] | undefined): void {
  if (touches === undefined || touches.length === 0) return;
  const errnos = touches.filter((touch) => /^E[A-Z]+$/.test(touch));
  if (errnos.length > 0) {
    expect(row.fault).toBe('refused');
    expect(errnos).toContain(row.faultErrno);
  } else if (touches.includes('not recorded')) expect(row.fault).toBe('unknown');
  else if (touches.includes('injected')) expect(row.fault).toBe('injected');
  else expect(row.fault).toBe(touches.includes('mmio') ? 'mmio' : 'ok');
  const installed = touches.find((touch) => touch.startsWith('normal') || touch.startsWith('device'));
  if (installed !== undefined && errnos.length === 0) expect(row.stage2).toBe(installed);
}

describe('a second, literal reading of the kernel agrees', () => {
  it.each([
    ['strict', LAW_RUNS.secondReading.strict],
    ['kernel', LAW_RUNS.secondReading.kernel],
  ] as const satisfies readonly (readonly [Policy, number])[])(
    'under policy %s on %d random pairs',
    (policy, numRuns) => {
      const seen = { compatible: 0, incompatible: 0, indeterminate: 0 };
      fc.assert(
        fc.property(knownVm, knownHost, (manifest, target) => {
          const decision = decide({ manifest, target, policy, phases: ['vm', 'memslot', 'fault'] });
          seen[decision.outcome] += 1;
          compare(manifest, decision, naive(manifest, target, policy));
        }),
        { numRuns },
      );
      // The generator must reach every outcome often, or the agreement says little. What was not recorded is rare.
      expect(Math.min(seen.compatible, seen.incompatible)).toBeGreaterThan(numRuns / 10);
      expect(seen.indeterminate).toBeGreaterThan(numRuns / 1000);
    },
  );
});
