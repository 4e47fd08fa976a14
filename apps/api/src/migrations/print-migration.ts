import type { Comparison, MigrationRecord, MigrationReport, MigrationStep } from '@berth/application';
import { type MigrationJson, printFinding } from '@berth/contract';

export function printMigration(migration: MigrationRecord): MigrationJson {
  const { id, vm, source, target, state, policy, ticket, prediction, reports } = migration;
  return {
    id,
    vm,
    source,
    target,
    state,
    why: whyOf(migration),
    policy,
    ticket,
    basis: basisOf(migration),
    prediction: {
      outcome: prediction.outcome,
      wouldFail: prediction.wouldFail,
      findings: prediction.findings.map(printFinding),
      evaluatedAt: prediction.evaluatedAt.toISOString(),
    },
    predicted: printPredicted(prediction),
    actual: migration.comparison === undefined ? null : printActual(migration.comparison),
    expiresAt: migration.expiresAt.toISOString(),
    deadlineAt: migration.deadlineAt?.toISOString() ?? null,
    createdAt: migration.createdAt.toISOString(),
    history: migration.steps.map(printStep),
    report:
      reports
        .filter(({ accepted }) => accepted)
        .map(printReport)
        .at(-1) ?? null,
    reports: reports.map(printReport),
  };
}

function printPredicted({ outcome, wouldFail, findings }: MigrationRecord['prediction']): MigrationJson['predicted'] {
  const { phase = null, errno = null, slot = null, reason = null } = wouldFail ?? {};
  const warned = [...new Set(findings.map(({ check }) => check))];
  return { outcome, phase, errno, slot, reason, warned };
}

function printActual(comparison: Comparison): MigrationJson['actual'] {
  const { outcome, failure, outside = null, foretold, falseYes, falseNo } = comparison;
  const { phase = null, errno = null, slot = null, reason = null } = failure;
  const found = { foretold: [...foretold], falseYes: [...falseYes], falseNo: [...falseNo] };
  return { outcome, phase, errno, slot, reason, comparison: comparison.class, outside, ...found };
}

function basisOf({ vm, target, policy, pins }: MigrationRecord): MigrationJson['basis'] {
  const { runId = null, bootId = null, catalogue, ...pinned } = pins;
  return {
    vm,
    vmRevision: pinned.vmRevision,
    manifest: pinned.manifest,
    host: target,
    hostRevision: pinned.hostRevision,
    fingerprint: pinned.fingerprint,
    generation: pinned.generation,
    rulebook: pinned.rulebook,
    policy,
    ...(catalogue === undefined ? {} : { catalogue }),
    runId,
    bootId,
  };
}

/** A migration that waits for both sides to agree says what they have said so far. */
function whyOf({ state, steps, reports }: MigrationRecord): string {
  const why = steps.at(-1)?.why ?? '';
  if (state !== 'unreported' || reports.length === 0) return why;
  const said = new Map(reports.map(({ side, outcome }) => [side, outcome]));
  const words = [...said].map(([side, outcome]) => `the ${side} says ${outcome}`);
  return `${why}; ${words.join(', ')}${said.size === 2 ? ', which cannot both be' : ', the other side has not spoken'}`;
}

const printStep = ({ at, from, to, by, why }: MigrationStep): MigrationJson['history'][number] => ({
  at: at.toISOString(),
  from,
  to,
  by,
  why,
});

function printReport(report: MigrationReport): MigrationJson['reports'][number] {
  const { at, side, outcome, phase = null, errno = null, slot = null, reason = null, raw = null } = report;
  const { accepted, by } = report;
  return { at: at.toISOString(), side, outcome, phase, errno, slot, reason, raw, accepted, by };
}
