import type {
  Comparison,
  MigrationPolicy,
  MigrationRecord,
  MigrationReport,
  MigrationState,
  MigrationStep,
  Prediction,
  ReportOutcome,
  StoredVerdict,
  Trigger,
} from '@berth/application';
import type { Decision, GenerationId, Phase, Side } from '@berth/engine';
import { orUndefined } from '../database/or-undefined.js';
import { printDecision, readDecision } from '../preflights/decision-text.js';

export interface MigrationRow {
  readonly id: string;
  readonly vm: string;
  readonly source: string;
  readonly target: string;
  readonly state: string;
  readonly policy: string;
  readonly vm_revision: number;
  readonly manifest_digest: string;
  readonly run_id: string | null;
  readonly target_revision: number;
  readonly fingerprint_digest: string;
  readonly boot_id: string | null;
  readonly generation: string | null;
  readonly rulebook: string;
  readonly catalogue_digest: string | null;
  readonly prediction: string;
  readonly refusal: string | null;
  readonly ticket: string;
  readonly ticket_digests: readonly string[];
  readonly expires_at: Date;
  readonly deadline_at: Date | null;
  readonly created_at: Date;
}

export interface StepRow {
  readonly migration: string;
  readonly from_state: string | null;
  readonly to_state: string;
  readonly trigger: string;
  readonly actor: string;
  readonly why: string;
  readonly at: Date;
}

export interface ReportRow {
  readonly migration: string;
  readonly side: string;
  readonly outcome: string;
  readonly phase: string | null;
  readonly errno: string | null;
  readonly slot: string | null;
  readonly reason: string | null;
  readonly raw: string | null;
  readonly accepted: boolean;
  readonly actor: string;
  readonly at: Date;
}

export function migrationRecord(
  row: MigrationRow,
  steps: readonly MigrationStep[],
  reports: readonly MigrationReport[],
  comparison: Comparison | undefined,
): MigrationRecord {
  const { id, vm, source, target, ticket } = row;
  return {
    id,
    vm,
    source,
    target,
    state: row.state as MigrationState,
    policy: row.policy as MigrationPolicy,
    pins: pinsOf(row),
    ticket,
    ticketDigests: row.ticket_digests,
    expiresAt: row.expires_at,
    deadlineAt: orUndefined(row.deadline_at),
    createdAt: row.created_at,
    prediction: readPrediction(row.prediction),
    refusal: row.refusal === null ? undefined : readVerdict(row.refusal),
    steps,
    reports,
    comparison,
  };
}

function pinsOf(row: MigrationRow): MigrationRecord['pins'] {
  return {
    vmRevision: row.vm_revision,
    manifest: row.manifest_digest,
    runId: orUndefined(row.run_id),
    hostRevision: row.target_revision,
    fingerprint: row.fingerprint_digest,
    bootId: orUndefined(row.boot_id),
    generation: row.generation as GenerationId | null,
    rulebook: row.rulebook,
    catalogue: orUndefined(row.catalogue_digest),
  };
}

export const migrationStep = (row: StepRow): MigrationStep => ({
  from: row.from_state as MigrationState | null,
  to: row.to_state as MigrationState,
  trigger: row.trigger as Trigger,
  by: row.actor,
  why: row.why,
  at: row.at,
});

export const migrationReport = (row: ReportRow): MigrationReport => ({
  side: row.side as Side,
  outcome: row.outcome as ReportOutcome,
  phase: orUndefined(row.phase) as Phase | undefined,
  errno: orUndefined(row.errno),
  slot: row.slot === null ? undefined : Number(row.slot),
  reason: orUndefined(row.reason),
  raw: orUndefined(row.raw),
  accepted: row.accepted,
  by: row.actor,
  at: row.at,
});

/** The decision of a prediction is printed as any other; the rest of a verdict beside it. */
export function printPrediction({ evaluatedAt, ...decision }: Prediction): string {
  return JSON.stringify({ evaluatedAt, decision: printDecision(decision as Decision) });
}

function readPrediction(text: string): Prediction {
  const { evaluatedAt, decision } = JSON.parse(text) as { evaluatedAt: string; decision: string };
  const { outcome, wouldFail, findings } = readDecision(decision);
  return { outcome, wouldFail, findings, evaluatedAt: new Date(evaluatedAt) };
}

export function printVerdictText({ decision, ...rest }: StoredVerdict): string {
  return JSON.stringify({ ...rest, decision: printDecision(decision) });
}

function readVerdict(text: string): StoredVerdict {
  const { decision, basis, evaluatedAt, validUntil } = JSON.parse(text) as Record<
    'decision' | 'evaluatedAt' | 'validUntil',
    string
  > &
    Pick<StoredVerdict, 'basis'>;
  return {
    decision: readDecision(decision),
    basis,
    evaluatedAt: new Date(evaluatedAt),
    validUntil: new Date(validUntil),
  };
}
