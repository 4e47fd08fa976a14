import { CHECKS, type Finding } from '@berth/engine';
import type { MigrationRecord, MigrationReport } from '../migrations/migration.js';
import { claimantsOf, type Moved } from './claimants.js';
import type { ActualFailure, Comparison, ComparisonClass } from './comparison.js';
import { outsideOf } from './outside.js';

/** What is looked at: the prediction of the newest ticket, which is the one it was started with, and the reports. */
export type Compared = Pick<MigrationRecord, 'state' | 'policy' | 'prediction' | 'reports'>;

/** Undefined for a migration that was not tried, or has not ended. */
export function compareOutcome(migration: Compared, moved: Moved): Comparison | undefined {
  if (migration.state === 'landed') return comparedLanding(migration);
  return migration.state === 'aborted' ? comparedFailure(migration, moved) : undefined;
}

function comparedLanding({ policy, prediction }: Compared): Comparison {
  const { findings } = prediction;
  const falseNo = policy === 'kernel' ? idsOf(findings.filter(isRefusedByStrict)) : [];
  return {
    class: falseNo.length === 0 ? 'confirmed' : 'false-no',
    outcome: 'landed',
    failure: {},
    warned: idsOf(findings),
    foretold: [],
    falseYes: [],
    falseNo,
  };
}

/** `kernel` makes a warning of what happens in silence; a check that only ever warns is no refusal under `strict` either. */
function isRefusedByStrict({ check, severity }: Finding): boolean {
  return severity === 'warn' && CHECKS.some(({ id, severity: own }) => id === check && own === 'reject');
}

function comparedFailure({ prediction, reports }: Compared, moved: Moved): Comparison {
  const { findings } = prediction;
  const told = mostTelling(reports);
  const failure = failureOf(told);
  const outside = outsideOf(failure, told?.raw);
  const foretold = outside === undefined ? idsOf(findings.filter((finding) => fits(finding, failure))) : [];
  const isClaimed = outside === undefined && foretold.length === 0;
  return {
    class: classOf(outside !== undefined, foretold),
    outcome: 'aborted',
    failure,
    outside,
    warned: idsOf(findings),
    foretold,
    falseYes: isClaimed ? claimantsOf(failure, moved) : [],
    falseNo: [],
  };
}

function classOf(isOutside: boolean, foretold: readonly string[]): ComparisonClass {
  if (isOutside) return 'outside';
  return foretold.length > 0 ? 'foretold' : 'false-yes';
}

/** Did this finding, which refused nothing, speak of this failure? What happens in silence is no failure that anybody reports. */
function fits(finding: Finding, { phase, errno, slot, reason }: ActualFailure): boolean {
  if (finding.failure === 'silent') return false;
  if (reason !== undefined) return finding.reason === reason;
  if (finding.phase !== phase) return false;
  const sameErrno = errno === undefined || finding.errno === errno;
  return sameErrno && (slot === undefined || finding.slot === null || finding.slot === slot);
}

/** Both sides may have reported the failure. The one that says most counts; of two that say as much the target, which refused. */
function mostTelling(reports: readonly MigrationReport[]): MigrationReport | undefined {
  const failed = reports.filter(({ outcome, accepted }) => outcome === 'failed' && accepted);
  return [...failed].sort((a, b) => weightOf(b) - weightOf(a))[0];
}

function weightOf({ side, phase, errno, slot, reason, raw }: MigrationReport): number {
  const said = [side === 'target', raw !== undefined, slot !== undefined, errno !== undefined, phase !== undefined];
  const weights = [...said, reason !== undefined].map((is, place) => (is ? 2 ** place : 0));
  return weights.reduce((sum, weight) => sum + weight, 0);
}

function failureOf(report: MigrationReport | undefined): ActualFailure {
  if (report === undefined) return {};
  const { phase, errno, slot, reason } = report;
  return { phase, errno, slot, reason };
}

const idsOf = (findings: readonly Finding[]): readonly string[] => [...new Set(findings.map(({ check }) => check))];
